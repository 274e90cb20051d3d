internal import Lineage
internal import Patterns
internal import Records

/// What programs are known for, by the names of their files.
extension Process {
    var file: ExecutableFile? { task.flatMap { $0.executable.inode == 0 ? nil : $0.executable } }

    /// Whether it acts as root of the first user namespace.
    var isRoot: Bool { (task?.effectiveUser ?? user) == 0 }

    /// It, or the shell that it is the child of, if standard input is of this kind: what a remote shell looks like.
    func withInput(_ kind: FileKind) -> Process? {
        if task?.standardInput == kind { return self }
        return chain.dropFirst().prefix(3).first { $0.isShell && $0.task?.standardInput == kind }
    }

    var isShell: Bool { Self.shells.contains(programName) }

    private static let shells = NameSet([
        "sh", "bash", "dash", "ash", "ksh", "zsh", "mksh", "fish", "csh", "tcsh", "busybox", "rbash",
    ])

    /// A server that speaks to the network, or a runtime that such are written in.
    var isNetworkService: Bool {
        let name = programName
        return Self.services.contains(name) || Self.servicePrefixes.contains { name.starts(with: $0) }
    }

    private static let services = NameSet([
        "nginx", "apache2", "httpd", "lighttpd", "caddy", "haproxy", "traefik", "varnishd", "squid", "postgres",
        "postmaster", "mysqld", "mariadbd", "mongod", "redis-server", "valkey-server", "memcached", "exim4", "exim",
        "sendmail", "master", "dovecot", "named", "unbound", "dnsmasq", "node", "nodejs", "bun", "deno", "java",
        "uwsgi", "gunicorn", "puma", "unicorn", "beam.smp", "smbd", "vsftpd", "proftpd", "cupsd", "slapd",
        "asterisk", "openvpn", "tor", "xinetd", "inetd", "w3wp", "dotnet",
    ])
    private static let servicePrefixes = ["php-fpm", "php-cgi", "catalina"].map { Array($0.utf8) }

    /// Whether changing firewalls is what it is there for, as far as its name and its owner tell.
    func isFirewallTool(script: Script?) -> Bool {
        guard isOfRoot else { return false }
        // Of a name that is known for that, out of a place in which programs are installed.
        if Self.tools.contains(programName) { return Self.places.contains { image.path.starts(with: $0.utf8) } }
        guard let script else { return false }
        return ["/usr/sbin/firewalld", "/usr/bin/firewalld", "/sbin/firewalld"].contains {
            script.path.elementsEqual($0.utf8)
        }
    }

    private static let places = ["/usr/", "/bin/", "/sbin/", "/opt/", "/snap/", "/nix/store/", "/var/lib/rancher/"]
    private static let tools = NameSet([
        "nft", "xtables-nft-multi", "xtables-legacy-multi", "iptables", "ip6tables", "ebtables", "arptables",
        "ebtables-legacy", "arptables-legacy", "ipset", "firewalld", "dockerd", "docker-proxy", "kube-proxy",
        "kubelet", "netavark", "systemd", "systemd-networkd", "NetworkManager", "libvirtd", "virtnetworkd",
        "crowdsec-firewall-bouncer", "keepalived", "calico-node", "cilium-agent", "flanneld",
        "charon", "miniupnpd", "sshguard",
    ])
}
