import pytest

from pipeline.classes import two_classes
from radbank.errors import RadbankError


def test_two_are_taken_and_more_refused_with_what_to_do():
    assert two_classes(["no", "yes"]) == ("no", "yes")
    with pytest.raises(RadbankError, match=r"3 classes \(a, b, c\).*set data.positive"):
        two_classes(["a", "b", "c"])
