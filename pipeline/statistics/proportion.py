"""Shares of images, as accuracy and sensitivity, with images that come in patients.

Images of one patient say less than as many images of different patients. How much less is the
design effect D: the variance of the share between patients (a ratio estimator [1]_) over that of
independent images. Wilson's score interval is then taken of n / D images [2]_.

References
----------
.. [1] Cochran, Sampling Techniques, 3rd edition, 1977, section 2.11 and chapter 9.
.. [2] Rao and Scott, Biometrics 48:577-585, 1992: the effective sample size; Wilson, JASA
   22:209-212, 1927.
"""

import math

import numpy as np

from pipeline.artifacts.results import Difference
from pipeline.statistics.crossed import (
    NO_VARIANCE,
    NO_WIDTH,
    NOTHING,
    TOO_FEW,
    Part,
    half_width,
    p_value,
    with_share,
)
from pipeline.statistics.delong import quantile
from pipeline.statistics.scored_cases import BoolArray, ClusteredCases, FloatArray


def wilson_interval(
    successes: FloatArray, n: FloatArray, z: float
) -> tuple[FloatArray, FloatArray]:
    """Return Wilson's score interval of a share (JASA 22:209-212, 1927).

    Parameters
    ----------
    successes, n
        Arrays of one shape: how many of how many; `n` is above 0. Neither need be whole.
    z
        Quantile of the confidence asked for, as 1.96.

    Returns
    -------
    tuple of ndarray
        Low and high ends, from 0 to 1.
    """
    z2 = z * z
    centre = (successes + z2 / 2) / (n + z2)
    half = np.sqrt(z2 * (successes * (n - successes) / n + z2 / 4)) / (n + z2)
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def share_interval(
    right: BoolArray | FloatArray, counted: BoolArray, cases: ClusteredCases, confidence: float
) -> tuple[float | None, float | None]:
    """Return the interval of the share of `counted` cases that are `right`.

    Parameters
    ----------
    right
        ndarray of shape (n_cases,): what the share is of, as correct predictions; of a model that
        was trained several times, the share of the trainings of which it holds.
    counted
        ndarray of shape (n_cases,): the cases that count, as the positive ones for sensitivity.
    cases
        Whose cases they are.
    confidence
        As 0.95.

    Returns
    -------
    tuple
        Low and high end, or None twice where fewer than two patients have a case that counts.

    Notes
    -----
    D is at least 1. Where all cases are right or none is, they do not show how alike a patient's
    images are: D is then the mean number of images that an image's patient has, as if they were
    all alike. The quantile is Student's with one degree of freedom less than there are patients
    in all, as for a domain of a survey.
    """
    sizes = np.bincount(cases.patients, counted, cases.n_patients)
    n, n_patients = float(sizes.sum()), int(np.count_nonzero(sizes))
    if n_patients < 2:
        return None, None
    successes = np.bincount(cases.patients, right * counted, cases.n_patients)
    share = float(successes.sum()) / n
    if 0 < share < 1:
        residuals = successes - share * sizes
        variance = n_patients / (n_patients - 1) * float(residuals @ residuals) / n**2
        design_effect = max(variance * n / (share * (1 - share)), 1.0)
    else:
        design_effect = float(sizes @ sizes) / n
    effective = n / design_effect
    z = quantile(confidence, cases.n_patients - 1)
    low, high = wilson_interval(np.array(share * effective), np.array(effective), z)
    return float(low), float(high)


def share_difference(
    first_right: BoolArray | FloatArray,
    second_right: BoolArray | FloatArray,
    cases: ClusteredCases,
    confidence: float,
    seeds: Part = NOTHING,
) -> Difference:
    """Return the difference of two models' shares of correct predictions, tested as McNemar did.

    Parameters
    ----------
    first_right, second_right
        ndarrays of shape (n_cases,): whether each model called the case right; of a model that
        was trained several times, the share of its trainings that did.
    cases
        Whose cases they are.
    confidence
        Of the interval, as 0.95.
    seeds
        What other trainings, from other seeds, add to the variance of the difference.

    Returns
    -------
    Difference
        Without interval and p-value where there are too few patients, or where both models are
        right on the same images.

    Notes
    -----
    With d_k the images of patient k that only the first model called right less those that only
    the second did, z = sum d_k / sqrt(sum d_k^2) is held against the normal distribution. With
    one image a patient z^2 is McNemar's (b - c)^2 / (b + c); with several it is the modified
    Obuchowski test of Yang, Sun and Hardin (Biometrical Journal 52:638-652, 2010). The interval
    is that of a ratio estimator, with Student's t over patients, and so may disagree with the
    test by a hair. The p-value is never below the smallest one of the exact test, in which each
    patient's d_k could as well have had the other sign: with five discordant patients that is
    0.06.
    """
    if cases.n == 0:
        return Difference(value=None, low=None, high=None, p=None)
    by_patient = np.bincount(
        cases.patients, first_right.astype(float) - second_right, cases.n_patients
    )
    difference = float(by_patient.sum()) / cases.n
    if cases.n_patients < 2:
        return Difference(value=difference, low=None, high=None, because=TOO_FEW, p=None)
    residuals = by_patient - difference * np.bincount(cases.patients, minlength=cases.n_patients)
    k = cases.n_patients
    variance = k / (k - 1) * float(residuals @ residuals) / cases.n**2
    if variance < NO_WIDTH**2:
        return Difference(value=difference, low=None, high=None, because=NO_VARIANCE, p=None)
    half = half_width([Part(variance, k - 1), seeds], confidence)
    least = 2.0 ** (1 - np.count_nonzero(by_patient))  # of the exact test
    equal = Part(float(by_patient @ by_patient) / cases.n**2, math.inf)  # if both were as good
    found = Difference(
        value=difference,
        low=max(difference - half, -1.0),  # shares and AUCs differ by no more than 1
        high=min(difference + half, 1.0),
        p=max(p_value(difference, [equal, seeds]), least),
    )
    return with_share(found, seeds, variance)
