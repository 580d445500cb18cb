"""Models of docs/examples with other widths and other data than 64 and f32."""
import re


def resized(text, width, dtype):
    """The model with rows of `width` elements of `dtype`; 4096 is a row of 64 x 64."""
    text = re.sub(r"(?<![0-9])64(?=x)", str(width), text)
    text = re.sub(r"(?<![0-9])4096(?=x)", str(width * width), text)
    return re.sub(r"f32\b", dtype, text)
