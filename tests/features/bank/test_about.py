def test_fidelity_is_remembered_by_the_images_it_was_measured_on(shelf, open_shelf):
    assert shelf.about.fidelity(["a", "b"]) is None
    shelf.about.remember_fidelity(["a", "b"], 0.9999)
    shelf.about.remember_fidelity(["a"], 1.0)
    known = open_shelf().about
    assert known.fidelity(["a", "b"]) == 0.9999
    assert known.fidelity(["a"]) == 1.0
    assert known.fidelity(["b"]) is None
    assert open_shelf(engine="compile").about.fidelity(["a"]) is None
