import torch


def brightest_place(image):
    """Row and column of the brightest pixel, by a division that older torch kept whole."""
    place = torch.argmax(image.reshape(-1))
    row = place / image.shape[-1]
    column = place - row * image.shape[-1]
    return row, column


def look_at(image, row, column):
    # a fraction in the place of a row is an error here, where the real code is silently off
    assert not row.is_floating_point() and not column.is_floating_point()
    return image[row, column]
