"""The headless runner passes what went well and fails on each of the ways in which a cell can go wrong."""

import pytest


def test_a_sound_notebook_passes(run_notebook):
    result, executed = run_notebook(cells=["let answer: usize = 42;", 'println!("{answer}");'])
    assert result.returncode == 0, result.stdout + result.stderr
    assert "42" in result.stdout
    assert executed.cells[1].outputs[0].text == "42\n"


@pytest.mark.parametrize(
    "cell, said",
    [
        ('panic!("the roof is on fire");', "the roof is on fire"),
        ('Err::<(), String>("no such road".into())?;', "no such road"),
        ("std::process::abort();", "Subprocess terminated"),
        ("let answer: usize = missing;", "cannot find value `missing`"),
        ('eprintln!("a quiet complaint");', "a quiet complaint"),
    ],
    ids=["panic", "question mark", "dead child", "compile error", "stderr"],
)
def test_a_cell_that_goes_wrong_fails_the_run(run_notebook, cell, said):
    result, executed = run_notebook(cells=["let before: usize = 1;", cell, 'println!("never reached");'])
    assert result.returncode == 1
    assert "cell 2 of" in result.stderr and said in result.stderr
    assert executed.cells[1].outputs and not executed.cells[2].outputs
