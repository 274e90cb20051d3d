package import Lineage
internal import Records

/// How far above somebody the one is looked for who has him do what he does.
package enum Callers {
    /// Processes, himself among them: fail2ban asks a shell, which asks iptables.
    package static let reach = 6
}

extension Process {
    /// Itself and those above that may have it do what it does, nearest first.
    package var callers: ArraySlice<Process> { chain.prefix(Callers.reach) }

    /// Whether its file is root's and nobody else can have put something else there: as far as the kernel told of it.
    package var isGenuine: Bool {
        guard let file = task?.executable, file.inode != 0 else { return false }
        return file.owner == 0 && file.mode & 0o022 == 0 && file.links > 0 && !file.isMemFD
    }
}
