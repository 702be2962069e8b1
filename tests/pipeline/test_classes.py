from pipeline.classes import only_of_two


def test_what_is_left_out_is_said_with_the_classes():
    said = only_of_two("Decision curves", ["a", "b", "c"])
    assert said == "Decision curves are for two classes only, and these data have 3 (a, b, c)."
