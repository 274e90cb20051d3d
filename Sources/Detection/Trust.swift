internal import Identity
package import Patterns

/// Whom an operator trusts with what: `[[trust]]` of the configuration.
///
/// All that is named has to hold; of a list, one of it.
package struct Trust: Hashable, Sendable {
    package var name = ""
    package var reason = ""
    /// In seconds since 1970; nil: never.
    package var expires: Int64?

    // Who.
    /// Paths of his program, and of the script that he or one above him runs.
    package var executables: [Glob] = []
    package var scripts: [Glob] = []
    /// Of the program or of the script.
    package var hashes: [String] = []
    /// Paths of programs above him.
    package var ancestors: [Glob] = []
    package var units: [Glob] = []
    package var containers: [Glob] = []
    /// Names or numbers of the user he acts as, and of the login; of whom he acts for, where that is known.
    package var users: [Glob] = []
    package var logins: [Glob] = []

    // What.
    package var backends: [Glob] = []
    package var tables: [Glob] = []
    package var chains: [Glob] = []
    package var sets: [Glob] = []
    /// Configuration files, and services, that may be changed; rules may only where none of these is named, or one of
    /// those above.
    package var files: [Glob] = []
    package var services: [Glob] = []
    /// Whether nothing at all may be left.
    package var mayEmpty = false

    package init() {}

    /// Whether it says who is meant by more than a user: everybody's administrator is root.
    package var isNarrow: Bool {
        ![executables, scripts, ancestors, units, containers].allSatisfy(\.isEmpty) || !hashes.isEmpty
    }

    func covers(_ deed: Deed, by actor: Actor) -> Bool {
        guard expires.map({ deed.wall < $0 }) ?? true, isHim(actor) else { return false }
        switch deed.what {
        case .changed(let alteration): return covers(alteration)
        case .configuration(let path, _): return files.contains { $0.matches(path) }
        case .service(let name, _, _, _): return services.contains { $0.matches(name) }
        case .module, .tampered, .sysctl: return false
        }
    }

    private func isHim(_ actor: Actor) -> Bool {
        // What path a program has proves nothing where others decide what stands there. In a container it is the
        // container that is trusted.
        switch actor.pathTrust {
        case .untrusted: return false
        case .unknown: guard !containers.isEmpty else { return false }
        case .trusted: break
        }
        guard actor.chain.first?.isGenuine == true, !actor.callers.contains(where: \.isInjected) else {
            return false
        }
        func holds(_ globs: [Glob], _ values: [String?]) -> Bool {
            globs.isEmpty
                || values.contains { value in value.map { value in globs.contains { $0.matches(value) } } ?? false }
        }
        // `/opt/deploy/../../root/x.sh` is no script of `/opt/deploy`, and no pattern should have to think of that.
        func straight(_ path: String?) -> String? {
            path.flatMap { $0.split(separator: "/").contains { $0 == ".." || $0 == "." } ? nil : $0 }
        }
        func names(_ account: Account?) -> [String?] { account.map { [$0.name, String($0.id)] } ?? [] }
        let party = actor.party
        // A script that others may write says nothing, unless its hash is asked for.
        let isScriptKnown = scripts.isEmpty || actor.isScriptGenuine || !hashes.isEmpty
        return holds(executables, [actor.executable])
            && isScriptKnown && holds(scripts, [actor.callingScript].map(straight))
            && (hashes.isEmpty || [actor.sha256, actor.scriptSHA256].contains { $0.map(hashes.contains) ?? false })
            && holds(ancestors, actor.chain.dropFirst().filter(\.isGenuine).map(\.executable))
            && holds(units, [actor.unit]) && holds(containers, [actor.container])
            && holds(users, names(party.user)) && holds(logins, names(party.login))
    }

    private func covers(_ alteration: Alteration) -> Bool {
        guard mayEmpty || alteration.after.effective > 0 || alteration.before.effective == 0 else { return false }
        if !backends.isEmpty, !backends.contains(where: { $0.matches(alteration.backend) }) { return false }
        let places = [tables, chains, sets]
        guard places.contains(where: { !$0.isEmpty }) else {
            return files.isEmpty && services.isEmpty || !backends.isEmpty
        }
        return !alteration.isCut && !alteration.steps.isEmpty
            && alteration.steps.allSatisfy { step in
                zip(places, [step.table, step.chain, step.set]).allSatisfy { globs, name in
                    globs.isEmpty || name.map { name in globs.contains { $0.matches(name) } } ?? false
                }
            }
    }
}
