import torch


class Network(torch.nn.Module):
    """Two scores from the mean and the brightest pixel of an image; how bright it is, as a map."""

    def __init__(self):
        super().__init__()
        self.last = torch.nn.Linear(2, 2)

    def forward(self, mean, brightest, image=torch.zeros(1, 1)):
        malignant = torch.nn.functional.adaptive_avg_pool2d(image[None, None], (30, 15)).clamp(0, 1)
        self.saliency_map = torch.cat([malignant / 2, malignant], dim=1)
        return torch.sigmoid(self.last(torch.stack([mean, brightest])))
