import pytest


@pytest.mark.parametrize("content", ['{"fidelity": 1.0}', '{"fidelity": 1.0, "sha256": "0"}', "[]"])
def test_fidelity_that_was_altered_is_measured_again(cached, place, content):
    cached.about.remember_fidelity(["a"], 0.5)
    (file,) = (place / cached.computation.digest).glob("fidelity-*.json")
    file.write_text(file.read_text().replace("0.5", "0.9999"))
    assert cached.about.fidelity(["a"]) is None
    file.write_text(content)
    assert cached.about.fidelity(["a"]) is None


def test_fidelity_is_remembered_by_the_images_it_was_measured_on(cached, open_cache):
    assert cached.about.fidelity(["a", "b"]) is None
    cached.about.remember_fidelity(["a", "b"], 0.9999)
    cached.about.remember_fidelity(["a"], 1.0)
    known = open_cache().about
    assert known.fidelity(["a", "b"]) == 0.9999
    assert known.fidelity(["a"]) == 1.0
    assert known.fidelity(["b"]) is None
    assert open_cache(engine="compile").about.fidelity(["a"]) is None
