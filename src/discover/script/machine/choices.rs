//! Choices: a way that is taken is followed, one that may be is read without doing what it does.

use super::values::truth;
use super::{At, Flow, Lost, Machine, Read, Value};

impl Machine<'_, '_, '_> {
    /// Whether a name stands for something here.
    pub(super) fn stands(&self, name: &str) -> bool {
        let is_local = self
            .frames
            .last()
            .is_some_and(|frame| frame.contains_key(name));
        is_local || self.globals.contains_key(name) || self.program.globals.contains_key(name)
    }

    pub(super) fn choice(&mut self, at: &mut At<'_, '_>) -> Read<Flow> {
        at.at += 1;
        if !at.is("(") {
            return Err(Lost);
        }
        let end = at.close().min(at.end);
        let mut inner = At {
            code: at.code,
            at: at.at + 1,
            end,
        };
        let condition = truth(&self.value(&mut inner)?);
        at.at = end + 1;
        let mut flow = self.way(at, condition)?;
        if at.name() == Some("else") {
            at.at += 1;
            let other = self.way(at, condition.map(|truth| !truth))?;
            if matches!(flow, Flow::On) {
                flow = other;
            }
        }
        Ok(flow)
    }

    /// One way of a choice, which is taken, is not, or may be.
    fn way(&mut self, at: &mut At<'_, '_>, taken: Option<bool>) -> Read<Flow> {
        if taken == Some(true) {
            return self.line(at);
        }
        self.dry += 1;
        let before = std::mem::replace(&mut self.touched, false);
        let was_guarded = std::mem::replace(&mut self.guarded, false);
        let read = self.line(at);
        self.dry -= 1;
        let makes_difference = std::mem::replace(&mut self.touched, before) && taken.is_none();
        let is_guarded = std::mem::replace(&mut self.guarded, was_guarded) && taken.is_none();
        if is_guarded && self.dry > 0 {
            self.guarded = true;
        }
        self.may_have_ended |= is_guarded && self.dry == 0;
        read?;
        if makes_difference {
            Err(Lost)
        } else {
            Ok(Flow::On)
        }
    }

    /// The two values of a choice within a line.
    pub(super) fn ways(
        &mut self,
        at: &mut At<'_, '_>,
        truth: Option<bool>,
    ) -> Read<(Value, Value)> {
        let first = self.branch(at, truth != Some(false))?;
        if !at.take(":") {
            return Err(Lost);
        }
        Ok((first, self.branch(at, truth != Some(true))?))
    }

    fn branch(&mut self, at: &mut At<'_, '_>, is_live: bool) -> Read<Value> {
        self.dry += u32::from(!is_live);
        let found = self.value(at);
        self.dry -= u32::from(!is_live);
        found
    }
}
