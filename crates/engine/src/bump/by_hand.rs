//! How far the command line moves packages, whatever their commits ask for.

use releasekit_core::model::Bump;
use releasekit_core::policy::Participation;

use super::{Asked, Reason, State};

/// Overrides what was found so far. What only follows others, or stands at a version that somebody chose, is left alone; a
/// version that a commit asks for stands too.
pub(super) fn apply(states: &mut [State<'_>], asked: &Asked) {
    let taking_part = |state: &&mut State<'_>| state.release != Participation::None && state.left_out.is_none();
    for state in states.iter_mut().filter(taking_part) {
        let bump = if state.bump > Bump::None {
            asked.bump
        } else {
            let is_forced = asked.force_unchanged && !state.moves();
            is_forced.then_some(asked.bump.unwrap_or(Bump::Patch))
        };
        if let Some(bump) = bump {
            state.bump = bump;
            if let Some(line) = &mut state.line {
                line.ask(bump);
            }
            // It is what decides, which is what a reader of a plan looks for.
            state.reasons.insert(0, Reason::Set);
        }
    }
}
