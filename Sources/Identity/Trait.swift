/// A fact about a process that makes one wonder, with what it was seen by. A fact, no judgement: which of them weigh what
/// is the detector's to say.
package struct Trait: Hashable, Sendable, Codable {
    /// Stable names, as they are told.
    package enum Kind: String, CaseIterable, Sendable, Codable {
        case executableDeleted = "executable_deleted"
        case executableInMemory = "executable_in_memory"
        case executableInTemporaryPlace = "executable_in_temporary_place"
        case ancestorInTemporaryPlace = "ancestor_in_temporary_place"
        case executableFolderWritable = "executable_folder_writable"
        case executableNotRoots = "executable_not_owned_by_root"
        case executableWritable = "executable_writable_by_others"
        case executableChanged = "executable_changed_since_start"
        case executableRecent = "executable_recently_written"
        case otherMounts = "other_mount_namespace"
        case argumentsRewritten = "arguments_rewritten"
        case nameRewritten = "name_rewritten"
        case networkService = "below_network_service"
        case shellBelowService = "shell_below_network_service"
        case inputFromSocket = "stdin_socket"
        case inputFromPipe = "stdin_pipe"
        case noLogin = "no_login_and_no_service"
        case setUser = "set_uid_shortly_before"
        case becameRoot = "root_without_set_uid"
        case noTool = "raw_netlink_by_no_firewall_tool"
        case preloaded = "preloaded_library"
        case longEnvironment = "environment_too_long"
        case injected = "interpreter_environment"
        // What the detector's memory of this host adds.
        case firstExecutable = "first_time_executable"
        case firstAncestor = "first_time_ancestor"
        case firstUser = "first_time_user"
        case firstUnit = "first_time_unit"
        case unusualHour = "unusual_hour"
    }

    package var kind: Kind
    /// What was seen, for people.
    package var evidence: String

    package init(_ kind: Kind, _ evidence: String) {
        self.kind = kind
        self.evidence = evidence
    }
}
