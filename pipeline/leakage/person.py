"""Whether two images could be of one patient, by sex, age and size."""

import numpy as np
import pandas as pd

#: Years between two images of one person, at most. Of the same-patient pairs of the RSNA sample
#: 94 % lie within.
YEARS = 2.0


def could_be_one(cases: pd.DataFrame, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return a mask of the pairs whose sex, age and image size are recorded and agree.

    Parameters
    ----------
    cases
        Columns sex, age, height and width, one row an image.
    first, second
        Positions of the two images of each pair.
    """
    sex = cases["sex"].fillna("").to_numpy(object)
    age = cases["age"].to_numpy(float, na_value=np.nan)
    size = cases[["height", "width"]].to_numpy()
    same_sex = (sex[first] == sex[second]) & (sex[first] != "")
    same_age = np.abs(age[first] - age[second]) <= YEARS  # False where one is unknown
    same_size = (size[first] == size[second]).all(axis=1)
    mask: np.ndarray = same_sex & same_age & same_size
    return mask
