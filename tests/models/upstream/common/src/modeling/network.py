import torch


class Network(torch.nn.Module):
    """Two scores from the mean and the brightest pixel of an image."""

    def __init__(self):
        super().__init__()
        self.last = torch.nn.Linear(2, 2)

    def forward(self, mean, brightest):
        return torch.sigmoid(self.last(torch.stack([mean, brightest])))
