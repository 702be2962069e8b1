def test_fidelity_is_remembered_by_the_images_it_was_measured_on(cached, open_cache):
    assert cached.about.fidelity(["a", "b"]) is None
    cached.about.remember_fidelity(["a", "b"], 0.9999)
    cached.about.remember_fidelity(["a"], 1.0)
    known = open_cache().about
    assert known.fidelity(["a", "b"]) == 0.9999
    assert known.fidelity(["a"]) == 1.0
    assert known.fidelity(["b"]) is None
    assert open_cache(engine="compile").about.fidelity(["a"]) is None
