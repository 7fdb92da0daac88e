//! The sample repositories of the journeys: which packages there are and what each is there for. Worlds spell them.

/// A sample repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sample {
    /// Two packages, one needing the other, both of which build to the same bytes again.
    Pair,
    /// Six packages in three levels. One is optional, one is needed by a build alone, one is private, and one is left alone
    /// by a release of its neighbours.
    ///
    /// ```text
    /// Speed        Stamp             (level 0)
    ///   ▲ optional   ▲ build
    /// Core         Legacy            (level 1)
    ///   ▲ ▲──────▲   │
    ///   │     App ───┘               (level 2)
    /// Bench (private)
    /// ```
    Six,
    /// One package that is too big to arrive at once; the journey writes its bulk.
    Bulky,
}

/// A package of a sample, by what it is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The lower one of the pair.
    Base,
    /// The upper one of the pair.
    Top,
    /// Needed by Core where somebody wants it, in any version from 0.2 on.
    Speed,
    /// Needed by the build of Legacy, which writes down the version that it was built with where the language lets it.
    Stamp,
    /// Needed by App, in a range that 0.4 leaves, and by Bench.
    Core,
    /// Needed by App. Its name is spelt in a way that not everybody spells it.
    Legacy,
    /// Needed by nobody.
    App,
    /// Private, and needs Core.
    Bench,
    /// The big one.
    Bulky,
}

impl Sample {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Pair, Self::Six, Self::Bulky];

    /// Its packages, those that others need first.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Pair => &[Role::Base, Role::Top],
            Self::Six => &[Role::Speed, Role::Stamp, Role::Core, Role::Legacy, Role::App, Role::Bench],
            Self::Bulky => &[Role::Bulky],
        }
    }

    /// Its packages that were released.
    pub fn published(self) -> impl Iterator<Item = Role> {
        self.roles().iter().copied().filter(|role| !role.is_private())
    }
}

impl Role {
    /// The version that it was released with.
    pub const fn version(self) -> &'static str {
        match self {
            Self::Speed => "0.2.0",
            Self::Core => "0.3.1",
            Self::Legacy => "1.4.2",
            Self::App => "0.5.0",
            Self::Bench => "0.0.1",
            Self::Base | Self::Top | Self::Stamp | Self::Bulky => "0.1.0",
        }
    }

    /// The packages of the sample that it needs, in whatever way.
    pub const fn needs(self) -> &'static [Self] {
        match self {
            Self::Top => &[Self::Base],
            Self::Core => &[Self::Speed],
            Self::Legacy => &[Self::Stamp],
            Self::App => &[Self::Core, Self::Legacy],
            Self::Bench => &[Self::Core],
            Self::Base | Self::Speed | Self::Stamp | Self::Bulky => &[],
        }
    }

    /// What plays it, of what the packages of each sample are in a world, in the order of its roles.
    pub fn among<M>(self, members: impl Fn(Sample) -> &'static [M]) -> &'static M {
        let place = |sample: Sample| sample.roles().iter().position(|other| *other == self);
        let mut found = Sample::ALL.iter().filter_map(|sample| members(*sample).get(place(*sample)?));
        found.next().expect("every role is in a sample")
    }

    /// Whether it is never published.
    pub const fn is_private(self) -> bool {
        matches!(self, Self::Bench)
    }
}
