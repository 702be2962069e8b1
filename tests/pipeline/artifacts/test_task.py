from pipeline.artifacts.task import Task


def test_of_two_classes_the_second_is_positive_and_alone_reported():
    task = Task.of(["normal", "opacity"])
    assert (task.binary, task.positive, task.reported) == (True, 1, (1,))


def test_of_more_classes_all_are_reported():
    task = Task.of(["a", "b", "c"], name="finding")
    assert (task.binary, task.positive, task.reported) == (False, None, (0, 1, 2))
    assert task.name == "finding"


def test_what_is_left_out_is_said_with_the_classes():
    words = Task.of(["a", "b", "c"]).left_out("Decision curves")
    assert words == "Decision curves are for two classes only, and these data have 3 (a, b, c)."
