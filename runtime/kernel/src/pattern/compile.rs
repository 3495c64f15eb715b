//! Trees to programs.

use super::read::Tree;
use super::{Look, MOST_STEPS, Place, Reason, Step};

/// The program of a tree; `whole` when it must end where the text does.
pub(super) fn program(tree: &Tree, whole: bool) -> Result<Vec<Step>, Reason> {
    let mut writer = Writer {
        steps: Vec::new(),
        backwards: false,
    };
    writer.write(tree)?;
    if whole {
        writer.push(Step::At(Place::End))?;
    }
    writer.push(Step::Accept)?;
    Ok(writer.steps)
}

struct Writer {
    steps: Vec<Step>,
    /// Whether the program passes the text from its end to its start.
    backwards: bool,
}

impl Writer {
    /// Adds a step and returns its number.
    fn push(&mut self, step: Step) -> Result<usize, Reason> {
        if self.steps.len() == MOST_STEPS {
            return Err("it is too long, or repeats too much");
        }
        self.steps.push(step);
        Ok(self.steps.len() - 1)
    }

    fn write(&mut self, tree: &Tree) -> Result<(), Reason> {
        match tree {
            Tree::One(set) => self.push(Step::One(set.clone())).map(|_| ()),
            Tree::At(place) => self.push(Step::At(*place)).map(|_| ()),
            Tree::All(parts) if self.backwards => {
                parts.iter().rev().try_for_each(|part| self.write(part))
            }
            Tree::All(parts) => parts.iter().try_for_each(|part| self.write(part)),
            Tree::Either(ways) => self.either(ways),
            Tree::Repeat {
                part,
                least,
                most,
                greedy,
            } => self.repeat(part, *least, *most, *greedy),
            Tree::Look(look, part) => self.look(*look, part),
        }
    }

    fn either(&mut self, ways: &[Tree]) -> Result<(), Reason> {
        let mut jumps = Vec::new();
        let Some((last, others)) = ways.split_last() else {
            return Ok(());
        };
        for way in others {
            let fork = self.push(Step::Fork(0, 0))?;
            self.write(way)?;
            jumps.push(self.push(Step::Jump(0))?);
            self.steps[fork] = Step::Fork(fork + 1, self.steps.len());
        }
        self.write(last)?;
        for jump in jumps {
            self.steps[jump] = Step::Jump(self.steps.len());
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        part: &Tree,
        least: usize,
        most: Option<usize>,
        greedy: bool,
    ) -> Result<(), Reason> {
        for _ in 0..least {
            self.write(part)?;
        }
        let fork_to = |inside: usize, after: usize| match greedy {
            true => Step::Fork(inside, after),
            false => Step::Fork(after, inside),
        };
        let Some(most) = most else {
            let fork = self.push(Step::Fork(0, 0))?;
            self.write(part)?;
            self.push(Step::Jump(fork))?;
            self.steps[fork] = fork_to(fork + 1, self.steps.len());
            return Ok(());
        };
        let mut forks = Vec::new();
        for _ in least..most {
            forks.push(self.push(Step::Fork(0, 0))?);
            self.write(part)?;
        }
        for fork in forks {
            self.steps[fork] = fork_to(fork + 1, self.steps.len());
        }
        Ok(())
    }

    fn look(&mut self, look: Look, part: &Tree) -> Result<(), Reason> {
        let place = self.push(Step::Accept)?;
        let outer = std::mem::replace(&mut self.backwards, look.behind);
        self.write(part)?;
        self.backwards = outer;
        let end = self.push(Step::Accept)? + 1;
        self.steps[place] = Step::Look(look, end);
        Ok(())
    }
}
