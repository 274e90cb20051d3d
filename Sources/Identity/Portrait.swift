internal import Lineage

/// Who a process is, as far as facts about it can be put together when it has done something.
package struct Portrait {
    package var entry: Entry?
    /// The address a login came from, where the entry is sshd's.
    package var peer: String?
    package var script: Script?
    package var executable: FileFindings?
    package var scriptFile: FileFindings?
    /// The nearest script above it, where it runs none itself.
    package var callingScript: FileFindings?
    package var traits: [Trait]

    package init(
        entry: Entry? = nil, peer: String? = nil, script: Script? = nil, executable: FileFindings? = nil,
        scriptFile: FileFindings? = nil, traits: [Trait] = []
    ) {
        self.entry = entry
        self.peer = peer
        self.script = script
        self.executable = executable
        self.scriptFile = scriptFile
        self.traits = traits
    }
}

/// What the path of an executable is worth.
package enum PathTrust: String, CaseIterable, Sendable, Codable {
    /// It leads to a file of root's in folders of root's.
    case trusted
    /// It is another mount namespace's, or was not looked at.
    case unknown
    /// Others than root decide what stands there.
    case untrusted
}

extension Portrait {
    package var pathTrust: PathTrust {
        let doubts: Set<Trait.Kind> = [
            .executableDeleted, .executableInMemory, .executableInTemporaryPlace, .executableFolderWritable,
            .executableNotRoots, .executableWritable, .executableChanged,
        ]
        if traits.contains(where: { doubts.contains($0.kind) }) { return .untrusted }
        return executable == nil || traits.contains { $0.kind == .otherMounts } ? .unknown : .trusted
    }
}
