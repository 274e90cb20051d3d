internal import CLinux
internal import Configuration
internal import Detection
internal import Glibc
internal import SystemPackage

/// A small firewall in a network namespace of its own, weakened in three ways.
package enum Demo {
    /// What is done, step by step, by /bin/sh: the first loads, the others weaken.
    static let script = """
        set -e
        say() { echo "demo: $1" >&2; }
        say 'a small firewall: drop what comes in, but for ssh and the web'
        nft -f - <<'RULES'
        table inet filter {
            set blocked { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.7, 198.51.100.9 } }
            chain input {
                type filter hook input priority filter; policy drop;
                ct state established,related accept
                ip saddr @blocked drop
                tcp dport { 22, 80, 443 } accept
            }
        }
        RULES
        sleep 0.7
        say 'first, the block list is emptied: not one rule less'
        nft flush set inet filter blocked
        sleep 0.7
        say 'second, the policy is opened: not one rule less'
        nft chain inet filter input '{ policy accept; }'
        sleep 0.7
        say 'third, everything is gone, done by a script of a script'
        sh -c 'sh -c "nft flush ruleset; true"; true'
        """

    /// Runs it and tells the events on standard output; the namespace the caller was in stays as it was.
    package static func run(version: String) throws(CollectorError) {
        guard
            ["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"].contains(where: { (path: String) in access(path, X_OK) == 0 }
            )
        else {
            throw .unavailable("the demo needs nft (apt install nftables)")
        }
        guard getuid() == 0 else { throw .privileges(["CAP_SYS_ADMIN (make a network namespace)"]) }
        guard linux_unshare(linux_clone_newnet) == 0 else {
            throw .system("could not make a network namespace: \(String(cString: strerror(errno)))")
        }
        var folder = Array("/tmp/wallwatch-demo-XXXXXX".utf8CString)
        guard mkdtemp(&folder) != nil else { throw .system("could not make a temporary folder") }
        let path = String(decoding: folder.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for name in ["lock", "sequence", "agent-id", "told", "state.0", "state.1", ""] { remove("\(path)/\(name)") }
        }

        var configuration = Configuration()
        configuration.state.directory = FilePath(path)
        configuration.netns.watch = .host
        configuration.output.emit = [.firewall]
        configuration.output.spillBytes = 0
        configuration.configFiles.watch = false
        configuration.probes.pin = false
        configuration.detection.tuning.quiet = 500_000_000
        let collector = try Collector(CollectorOptions(configuration: configuration, version: version))
        var failure: CollectorError?
        try collector.run {
            do throws(CollectorError) { try collector.stop(after: try start()) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private static func start() throws(CollectorError) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The collector blocks the signals it takes from a descriptor; the script must not inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid = pid_t()
        let words: [String] = ["sh", "-c", script]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { (word: String) in strdup(word) } + [nil]
        defer { for argument in arguments { free(argument) } }
        let result = posix_spawn(&pid, "/bin/sh", nil, &attributes, &arguments, environ)
        guard result == 0 else { throw .system("could not start /bin/sh: \(String(cString: strerror(result)))") }
        return pid
    }
}
