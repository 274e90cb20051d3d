internal import Lineage

/// Who a process is, as far as facts about it can be put together when it has done something.
package struct Portrait {
    package var entry: Entry?
    /// The address a login came from, where the entry is sshd's.
    package var peer: String?
    package var script: Script?
    package var executable: FileFindings?
    package var scriptFile: FileFindings?
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

extension Portrait {
    /// What the path of the executable is worth: `untrusted`, where others than root decide what stands there; `unknown`,
    /// where it is another mount namespace's or was not looked at; `trusted`.
    package var pathTrust: String {
        let doubts: Set<Trait.Kind> = [
            .executableDeleted, .executableInMemory, .executableInTemporaryPlace, .executableFolderWritable,
            .executableNotRoots, .executableWritable, .executableChanged,
        ]
        if traits.contains(where: { doubts.contains($0.kind) }) { return "untrusted" }
        return executable == nil || traits.contains { $0.kind == .otherMounts } ? "unknown" : "trusted"
    }
}
