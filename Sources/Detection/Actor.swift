package import Identity
package import Records

/// Who did something, in plain values: what is judged by, what trust is given by, and what a recording keeps.
package struct Actor: Hashable, Sendable, Codable {
    /// How many of those above him are kept.
    package static let depth = 16

    package var id: ProcessID
    /// What he and everything else belongs to that was started by the same login, job or container: the process that
    /// was let in, or started by init.
    package var root: ProcessID
    /// Himself and those above, nearest first; never empty.
    package var chain: [Program]
    /// What it was called with, for people.
    package var command = ""
    /// In force, and that of the login.
    package var user = Account(id: 0)
    package var login: Account?
    package var container: String?
    /// Of the executable, and of the script it runs.
    package var sha256: String?
    package var scriptSHA256: String?
    package var pathTrust = PathTrust.unknown
    /// Whether the nearest script is root's, and nobody else may write it.
    package var isScriptGenuine = false
    package var traits: [Trait]
    /// On whose behalf he did it.
    package var initiator: Initiator?
    /// His part of a line, once somebody wanted it.
    package var telling: Telling?

    package init(id: ProcessID, root: ProcessID, chain: [Program], traits: [Trait]) {
        self.id = id
        self.root = root
        self.chain = chain
        self.traits = traits
    }

    package var executable: String { chain.first?.executable ?? "" }
    package var script: String? { chain.first?.script }
    package var unit: String? { chain.first?.unit }

    /// Himself and those above that may have him do what he does.
    var callers: ArraySlice<Program> { chain.prefix(Callers.reach) }
    /// The nearest script that he, or one of them, runs.
    var callingScript: String? { callers.lazy.compactMap(\.script).first }
    /// As whom it is done: he, or whoever he does it for, where that is known.
    var party: (user: Account, login: Account?) {
        guard let initiator, initiator.program != nil else { return (user, login) }
        return (initiator.user ?? user, initiator.login ?? login)
    }

    /// How he is called in a sentence.
    package var name: String { executable.isEmpty ? "pid \(id.pid)" : executable }
}

/// A program that runs, or ran.
package struct Program: Hashable, Sendable, Codable {
    package var executable: String
    package var script: String?
    /// The system's unit it is in.
    package var unit: String?
    /// Its file is root's, and nobody else can have put something else there: as far as the kernel told of it.
    package var isGenuine: Bool
    /// Its environment made it load or run what is not its own.
    package var isInjected: Bool

    package init(
        executable: String, script: String? = nil, unit: String? = nil, isGenuine: Bool, isInjected: Bool = false
    ) {
        self.isInjected = isInjected
        self.executable = executable
        self.script = script
        self.unit = unit
        self.isGenuine = isGenuine
    }
}

/// A user, with the name it had.
package struct Account: Hashable, Sendable, Codable {
    package var id: UInt32
    package var name: String?

    package init(id: UInt32, name: String? = nil) {
        self.id = id
        self.name = name
    }

    /// What it is called, or its number.
    var shown: String { name ?? String(id) }
}

/// Somebody for whom another acted.
package struct Initiator: Hashable, Sendable, Codable {
    /// As `wallwatch.initiator.confidence` has it.
    package var confidence: String
    /// nil where it is not known.
    package var program: Program?
    package var user: Account?
    package var login: Account?

    package init(confidence: String, program: Program? = nil, user: Account? = nil, login: Account? = nil) {
        self.confidence = confidence
        self.program = program
        self.user = user
        self.login = login
    }
}

/// What is told of somebody in each line that names him, as JSON, by the names of the lines' format.
package struct Telling: Hashable, Sendable, Codable {
    package struct Part: Hashable, Sendable, Codable {
        /// Members of what describes him, for which the format has names.
        package var members: String
        /// Those it has none for, if it keeps them apart.
        package var unnamed: String?
        /// Members of `wallwatch`.
        package var beside: String
        /// What had to be cut, and whether bytes stand in it that are no text.
        package var cut: [String]
        package var isEscaped: Bool

        package init(members: String, unnamed: String? = nil, beside: String, cut: [String], isEscaped: Bool) {
            self.members = members
            self.unnamed = unnamed
            self.beside = beside
            self.cut = cut
            self.isEscaped = isEscaped
        }
    }

    package var full: Part
    /// Less of the same, for a line that would be too long.
    package var brief: Part

    package init(full: Part, brief: Part) {
        self.full = full
        self.brief = brief
    }
}
