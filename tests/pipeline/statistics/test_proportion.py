import numpy as np
import pytest

from pipeline.statistics.proportion import share_difference, share_interval, wilson_interval
from pipeline.statistics.scored_cases import BinaryCases


def of_patients(patients):
    return BinaryCases.of(np.zeros(len(patients)), np.zeros(len(patients)), patients)


def test_wilson_interval_of_a_published_example():
    # Newcombe, Statistics in Medicine 17:857-872, 1998, table I: 15 of 148, 0 of 20
    low, high = wilson_interval(np.array([15.0, 0]), np.array([148.0, 20]), 1.959964)
    np.testing.assert_allclose(low, [0.0624, 0], atol=5e-5)
    np.testing.assert_allclose(high, [0.1605, 0.1611], atol=5e-5)


def test_one_image_a_patient_gives_wilsons_interval_but_for_students_t():
    right = np.arange(2000) < 1500
    found = share_interval(right, np.ones(2000, bool), of_patients(np.arange(2000)), 0.95)
    low, high = wilson_interval(np.array(1500.0), np.array(2000.0), 1.959964)
    assert found == pytest.approx((float(low), float(high)), abs=1e-4)


def test_copies_of_an_image_tell_nothing_new():
    right, patients = np.arange(200) % 4 > 0, np.arange(200)
    once = share_interval(right, np.ones(200, bool), of_patients(patients), 0.95)
    copies = share_interval(
        np.repeat(right, 3), np.ones(600, bool), of_patients(np.repeat(patients, 3)), 0.95
    )
    assert copies == pytest.approx(once, abs=1e-3)


def test_the_design_effect_is_that_of_the_ratio_estimator():
    # three patients of 4, 2 and 2 images, of which 4, 1 and 0 are right: share 5/8, residuals
    # 4 - 2.5, 1 - 1.25 and 0 - 1.25, variance 3/2 * 3.875 / 64, that of images 15/512
    patients = np.array([0, 0, 0, 0, 1, 1, 2, 2])
    right = np.array([1, 1, 1, 1, 1, 0, 0, 0], bool)
    design_effect = (1.5 * 3.875 / 64) / (15 / 512)
    n = 8 / design_effect
    expected = wilson_interval(np.array(5 / 8 * n), np.array(n), 4.302653)  # t with 2 d. f.
    found = share_interval(right, np.ones(8, bool), of_patients(patients), 0.95)
    assert found == pytest.approx([float(end) for end in expected], abs=1e-6)


def test_all_right_counts_patients_not_images():
    patients = np.repeat(np.arange(10), 5)
    found = share_interval(np.ones(50, bool), np.ones(50, bool), of_patients(patients), 0.95)
    low, _ = wilson_interval(np.array(10.0), np.array(10.0), 2.262157)
    assert found == pytest.approx((float(low), 1.0))


def test_one_patient_tells_nothing_of_others():
    patients, counted = np.array([0, 0, 1]), np.array([True, True, False])
    assert share_interval(counted, counted, of_patients(patients), 0.95) == (None, None)


@pytest.mark.parametrize(("n", "p"), [(1, 1), (4, 0.125), (5, 0.0625)])
def test_few_discordant_patients_give_no_smaller_p_than_the_exact_test(n, p):
    right = np.ones(40, bool)
    found = share_difference(right, np.arange(40) >= n, of_patients(np.arange(40)), 0.95)
    assert found.p == p


def test_mcnemar_of_a_published_example():
    # Agresti, Categorical Data Analysis, 3rd edition, section 11.1: approval of the prime minister
    # by the same people twice, 794 both times, 150 only first, 86 only second, 570 never
    first = np.repeat([True, True, False, False], [794, 150, 86, 570])
    second = np.repeat([True, False, True, False], [794, 150, 86, 570])
    found = share_difference(first, second, of_patients(np.arange(1600)), 0.95)
    assert found.value == pytest.approx(0.04)
    assert (found.low, found.high) == pytest.approx((0.02, 0.06), abs=2e-3)
    assert found.p == pytest.approx(3.1e-5, rel=0.01)  # z = 4.17


def test_discordant_images_of_one_patient_count_together():
    # patients' differences 2, 2, -1: z = 3 / sqrt(9)
    patients = np.array([0, 0, 1, 1, 2])
    first = np.array([1, 1, 1, 1, 0], bool)
    found = share_difference(first, ~first, of_patients(patients), 0.95)
    assert found.value == pytest.approx(3 / 5)
    assert found.p == pytest.approx(0.3173105, abs=1e-6)


def test_models_that_call_alike_do_not_differ():
    right = np.array([True, False, True])
    found = share_difference(right, right, of_patients(np.arange(3)), 0.95)
    assert (found.value, found.low, found.high, found.p) == (0, None, None, None)
    assert found.because == "no variance between patients"
    nothing = share_difference(right[:0], right[:0], of_patients(np.arange(0)), 0.95)
    assert nothing.value is None
    alone = share_difference(right[:1], ~right[:1], of_patients(np.arange(1)), 0.95)
    assert (alone.value, alone.p) == (1, None)
