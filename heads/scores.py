"""From embeddings to probabilities by arithmetic that rounds the same way everywhere.

A matrix product of a numerical library adds in an order that depends on the processor, the number
of threads and where the numbers lie in memory, so its last digits do too. Here every product is
exact, and every rounding is that of one IEEE 754 operation on one number.
"""

import numpy as np
from numpy.typing import NDArray

_MANTISSA = 53  # bits of a float64: sums of integers below 2**53 are exact in any order
_BLOCK = 2**17  # numbers in a block of rows, which then stays in the processor's cache
_LOG2_E = 1.4426950408889634
_LN2 = (0.693147180369123816490, 1.90821492927058770002e-10)  # leading bits of ln 2, and the rest
_SMALLEST = -900  # exponent of 2 below which numbers count as 0, far from where float64 ends


def n_outputs(n_classes: int) -> int:
    """Return the number of logits: one for two classes, else one for each class."""
    return 1 if n_classes == 2 else n_classes


def linear(
    X: NDArray[np.floating], weight: NDArray[np.floating], bias: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return ``X @ weight + bias``, the same bytes for equal numbers.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
    weight : ndarray of shape (n_features, n_outputs)
    bias : ndarray of shape (n_outputs,)

    Returns
    -------
    ndarray of shape (n_rows, n_outputs)

    Notes
    -----
    Each row of `X` and each column of `weight` is cut into two slices of integers, so short that
    products of slices and their sums are exact whatever the order (Ozaki et al., Error-free
    transformations of matrix multiplication, Numerical Algorithms 59, 2012). Of the four products
    the one of both lower slices is left out. What is lost is below 2**-40 of the largest number
    of the row times the largest of the column, for each feature (of up to 2048).
    """
    n_rows, n_features = X.shape
    bits = (_MANTISSA - max(n_features - 1, 1).bit_length()) // 2
    w_high, w_low, w_unit = _slices(weight, bits, axis=0)
    result = np.empty((n_rows, weight.shape[1]))
    step = max(_BLOCK // n_features, 1)
    for start in range(0, n_rows, step):
        rows = slice(start, start + step)
        high, low, unit = _slices(X[rows], bits, axis=1)
        below = (high @ w_low + low @ w_high) * 2.0 ** -(bits + 1)
        result[rows] = (high @ w_high + below) * unit * w_unit + bias
    return result


def _slices(
    numbers: NDArray[np.floating], bits: int, *, axis: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Cut numbers into integers ``(high + low / 2**(bits + 1)) * unit``, a unit a row or column."""
    values = np.asarray(numbers, dtype=np.float64)
    _, exponent = np.frexp(np.abs(values).max(axis=axis, keepdims=True))
    unit = np.ldexp(1.0, np.maximum(exponent, _SMALLEST) - bits)
    scaled = values / unit
    high = np.rint(scaled)
    low = np.rint((scaled - high) * 2.0 ** (bits + 1))
    return high, low, unit


def probabilities(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of each class: the softmax of the logits, of one the sigmoid.

    Parameters
    ----------
    logits : ndarray of shape (n_images, n_outputs)
        One a class, or the one of the positive of two classes.

    Returns
    -------
    ndarray of shape (n_images, n_classes)
    """
    if logits.shape[1] == 1:
        logits = np.hstack([np.zeros_like(logits), logits])
    likelihood = exp(logits - logits.max(axis=1, keepdims=True))
    total = np.zeros(len(logits))
    for column in likelihood.T:
        total += column
    shares: NDArray[np.float64] = likelihood / total[:, np.newaxis]
    return shares


def exp(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return e to the power of `x`, by additions and multiplications only.

    NumPy's own differs between processors in the last digit. This one is Taylor's series of the
    remainder after powers of two, within two units in the last place.
    """
    x = np.clip(x, -745.0, 709.0)
    twos = np.rint(x * _LOG2_E)
    rest = (x - twos * _LN2[0]) - twos * _LN2[1]
    series = np.ones_like(x)
    for n in range(13, 0, -1):
        series = series * rest / n + 1.0
    power: NDArray[np.float64] = np.ldexp(series, twos.astype(np.int32))
    return power
