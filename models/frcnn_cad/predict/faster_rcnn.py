"""Faster R-CNN with VGG16, as py-faster-rcnn runs it on Caffe, in torch.

Names of layers are those of vgg16_frcnn_cad_test.prototxt. What is fixed there and in py-faster-rcnn's
configuration stands below with its name there.
"""

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torchvision.ops import nms, roi_pool

BLOCKS = (2, 2, 3, 3, 3)  # convolutions in conv1 to conv5; a pooling after each but the last
STRIDE = 16  # feat_stride
ANCHOR_RATIOS = (0.5, 1, 2)
ANCHOR_SCALES = (8, 16, 32)
PIXEL_MEANS = (102.9801, 115.9465, 122.7717)
SHORT_SIDE = 1700  # cfg.TEST.SCALES of frcnn_cad
LONG_SIDE_MAX = 2100  # cfg.TEST.MAX_SIZE of frcnn_cad
PROPOSAL_SIDE_MIN = 16  # cfg.TEST.RPN_MIN_SIZE
PROPOSALS_BEFORE_NMS = 6000  # cfg.TEST.RPN_PRE_NMS_TOP_N
PROPOSALS_AFTER_NMS = 300  # cfg.TEST.RPN_POST_NMS_TOP_N
PROPOSAL_OVERLAP_MAX = 0.7  # cfg.TEST.RPN_NMS_THRESH
MALIGNANT = 2  # class 0 is background, 1 benign
LESION_OVERLAP_MAX = 0.1  # NMS_THRESH of the metarepository's generate_predictions.py


def anchors():
    """The 9 boxes about one place of the map, 9 x 4, as x1, y1, x2, y2 in pixels, ends included.

    py-faster-rcnn's order and rounding: for each ratio, for each scale.
    """
    made = []
    center = (STRIDE - 1) / 2
    for ratio in ANCHOR_RATIOS:
        width = np.rint(np.sqrt(STRIDE * STRIDE / ratio))
        height = np.rint(width * ratio)
        for scale in ANCHOR_SCALES:
            half_width, half_height = (width * scale - 1) / 2, (height * scale - 1) / 2
            made.append([center - half_width, center - half_height, center + half_width, center + half_height])
    return np.array(made, dtype=np.float32)


def anchors_over(rows, columns):
    """Anchors of all places of a map, (rows * columns * 9) x 4, places row by row."""
    shift_x, shift_y = np.meshgrid(np.arange(columns) * STRIDE, np.arange(rows) * STRIDE)
    shifts = np.stack([shift_x, shift_y, shift_x, shift_y], axis=-1).reshape(-1, 1, 4)
    return torch.from_numpy((anchors()[None] + shifts.astype(np.float32)).reshape(-1, 4))


def moved(boxes, deltas):
    """Boxes after the network's corrections: shift of the centre and logarithm of the size."""
    width, height = boxes[:, 2] - boxes[:, 0] + 1, boxes[:, 3] - boxes[:, 1] + 1
    x = boxes[:, 0] + 0.5 * width + deltas[:, 0] * width
    y = boxes[:, 1] + 0.5 * height + deltas[:, 1] * height
    width, height = torch.exp(deltas[:, 2]) * width, torch.exp(deltas[:, 3]) * height
    return torch.stack([x - 0.5 * width, y - 0.5 * height, x + 0.5 * width, y + 0.5 * height], dim=1)


def clipped(boxes, height, width):
    """Boxes cut to the image."""
    limits = torch.tensor([width, height, width, height], device=boxes.device) - 1
    return torch.minimum(boxes.clamp(min=0), limits.to(boxes.dtype))


def propose(foreground, deltas, height, width, scale):
    """Regions worth a closer look, at most PROPOSALS_AFTER_NMS x 4.

    foreground: 9 x rows x columns, in [0, 1]; deltas: 36 x rows x columns; height, width: of the
    network's input in pixels; scale: that input's size by the image's.
    """
    rows, columns = foreground.shape[1:]
    scores = foreground.permute(1, 2, 0).reshape(-1)
    boxes = moved(
        anchors_over(rows, columns).to(scores.device), deltas.permute(1, 2, 0).reshape(-1, 4)
    )
    boxes = clipped(boxes, height, width)
    side_min = PROPOSAL_SIDE_MIN * scale
    large = ((boxes[:, 2:] - boxes[:, :2] + 1) >= side_min).all(dim=1)
    boxes, scores = boxes[large], scores[large]
    order = scores.argsort(descending=True)[:PROPOSALS_BEFORE_NMS]
    boxes, scores = boxes[order], scores[order]
    # py-faster-rcnn counts the last pixel as inside; torchvision does not.
    ends = boxes + torch.tensor([0, 0, 1, 1], device=boxes.device)
    return boxes[nms(ends, scores, PROPOSAL_OVERLAP_MAX)[:PROPOSALS_AFTER_NMS]]


def network_input(image):
    """(1 x 3 x height x width float32, scale) of a grey image, 2-D, any unsigned type.

    Stretched so that its maximum is 255, cut to 8 bits, made three channels, means taken off, resized
    so that the short side is SHORT_SIDE unless the long one would be over LONG_SIDE_MAX.
    """
    grey = (255.0 * image / max(int(image.max()), 1)).astype(np.uint8).astype(np.float32)
    pixels = np.repeat(grey[:, :, None], 3, axis=2)
    # In place, as upstream: taken off in double precision, and rounded once.
    pixels -= np.array(PIXEL_MEANS)
    short, long = sorted(image.shape)
    scale = SHORT_SIDE / short
    if np.rint(scale * long) > LONG_SIDE_MAX:
        scale = LONG_SIDE_MAX / long
    resized = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return torch.from_numpy(resized.transpose(2, 0, 1).copy())[None], scale


class FasterRcnn(torch.nn.Module):
    """The network with the weights of a caffemodel; sizes of layers are the weights' own."""

    def __init__(self, layers):
        """layers: arrays by Caffe's names, weight then bias. Raises ValueError when one is missing."""
        super().__init__()
        for name in self.names():
            if name not in layers or len(layers[name]) != 2:
                raise ValueError(f"it has no weight and bias for layer {name}")
            weight, bias = (torch.from_numpy(np.ascontiguousarray(blob)) for blob in layers[name])
            self.register_buffer(f"{_key(name)}_weight", weight)
            self.register_buffer(f"{_key(name)}_bias", bias.reshape(-1))

    @staticmethod
    def names():
        """Caffe's names of all layers with weights."""
        convolutions = [
            f"conv{block}_{index}"
            for block, count in enumerate(BLOCKS, start=1)
            for index in range(1, count + 1)
        ]
        return [*convolutions, "rpn_conv/3x3", "rpn_cls_score", "rpn_bbox_pred", "fc6", "fc7", "cls_score", "bbox_pred"]

    def _convolve(self, name, value):
        weight = getattr(self, f"{_key(name)}_weight")
        return F.conv2d(value, weight, getattr(self, f"{_key(name)}_bias"), padding=weight.shape[-1] // 2)

    def _connect(self, name, value):
        weight = getattr(self, f"{_key(name)}_weight")
        return F.linear(value, weight.reshape(weight.shape[-2], -1), getattr(self, f"{_key(name)}_bias"))

    def features(self, batch):
        """The map that regions are taken from, a sixteenth of the input's size."""
        value = batch
        for block, count in enumerate(BLOCKS, start=1):
            for index in range(1, count + 1):
                value = torch.relu(self._convolve(f"conv{block}_{index}", value))
            if block < len(BLOCKS):
                # Caffe rounds the size of a pooled map up.
                value = F.max_pool2d(value, 2, 2, ceil_mode=True)
        return value

    def forward(self, batch, scale):
        """(probabilities, regions, deltas): proposals x classes; proposals x 4, in pixels of the batch; how each
        moves when it is malignant, proposals x 4.
        """
        features = self.features(batch)
        hidden = torch.relu(self._convolve("rpn_conv/3x3", features))
        scores = self._convolve("rpn_cls_score", hidden)[0]
        # 18 maps: background of the 9 anchors, then foreground of the 9
        foreground = torch.softmax(scores.reshape(2, -1, *scores.shape[1:]), dim=0)[1]
        regions = propose(
            foreground, self._convolve("rpn_bbox_pred", hidden)[0], *batch.shape[2:], scale
        )
        pooled = roi_pool(features, [regions], output_size=7, spatial_scale=1 / STRIDE)
        hidden = torch.relu(self._connect("fc6", pooled.flatten(1)))
        hidden = torch.relu(self._connect("fc7", hidden))
        deltas = self._connect("bbox_pred", hidden)[:, 4 * MALIGNANT : 4 * (MALIGNANT + 1)]
        return torch.softmax(self._connect("cls_score", hidden), dim=1), regions, deltas

    def lesions(self, image):
        """What it finds in a grey image, the most suspicious first: lesions x (x0, y0, x1, y1, score), float64.

        Pixels of the image, x1 and y1 exclusive; scores in [0, 1]. The image's score is the first one's.
        """
        height, width = image.shape
        batch, scale = network_input(image)
        with torch.no_grad():
            probabilities, regions, deltas = self(batch.to(self.conv1_1_weight.device), scale)
        if len(probabilities) == 0:
            raise ValueError("no region of it is large enough to look at")
        boxes = clipped(moved(regions / scale, deltas), height, width)
        return lesions_of(probabilities[:, MALIGNANT], boxes)


def lesions_of(scores, boxes):
    """Lesions as FasterRcnn.lesions gives them; of those that overlap, the most suspicious.

    scores: regions; boxes: regions x 4, in pixels of the image, ends included as py-faster-rcnn has them.
    """
    ends = boxes + torch.tensor([0, 0, 1, 1], device=boxes.device)
    kept = nms(ends, scores, LESION_OVERLAP_MAX)
    return torch.cat([ends[kept], scores[kept, None]], dim=1).double().cpu().numpy()


def _key(name):
    return name.replace("/", "_")
