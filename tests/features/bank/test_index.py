from features.bank.index import Index, Place


def test_a_key_is_found_in_the_last_block_that_holds_it():
    index = Index()
    assert index.find("b") is None
    index.add("first", ["a", "b"])
    index.add("second", ["b", "c"])
    assert index.find("b") == Place(path="second", row=0)
    assert index.find("a") == Place(path="first", row=0)
    assert len(index) == 3
    assert "c" in index


def test_a_key_of_a_removed_block_is_found_in_another():
    index = Index()
    for path in ("first", "second", "first"):  # written anew
        index.add(path, ["a", "b"])
    index.remove("first")
    assert index.find("b") == Place(path="second", row=1)
    index.remove("second")
    assert index.find("b") is None
    assert len(index) == 0
