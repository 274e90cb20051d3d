import ConfigFiles
import Testing

@Suite struct PlanTests {
    private func kind(_ path: String) -> ConfigKind? { ConfigPlan.standard.place(of: BytePath(path))?.meaning?.kind }

    @Test(arguments: [
        ("/etc/nftables.conf", ConfigKind.nftables), ("/etc/nftables/a/b.nft", .nftables),
        ("/etc/iptables/rules.v4", .iptables), ("/etc/sysconfig/ip6tables", .iptables),
        ("/etc/ufw/user.rules", .ufw), ("/etc/ufw/applications.d/x", .ufw), ("/etc/default/ufw", .ufw),
        ("/etc/firewalld/zones/public.xml", .firewalld), ("/usr/lib/firewalld/zones/public.xml", .firewalld),
        ("/etc/systemd/system/nftables.service", .unit),
        ("/etc/systemd/system/multi-user.target.wants/nftables.service", .unit),
        ("/etc/systemd/system/ufw.service.d/override.conf", .unit),
        ("/run/systemd/system/firewalld.service", .unit), ("/etc/sysctl.d/99-bridge.conf", .sysctl),
        ("/etc/modprobe.d/deny.conf", .modules), ("/etc/wallwatch/conf.d/a.toml", .wallwatch),
    ])
    func means(_ path: String, _ expected: ConfigKind) { #expect(kind(path) == expected) }

    @Test(arguments: [
        "/etc/passwd", "/etc/nftables", "/etc/ufwx/user.rules", "/etc/systemd/system/ssh.service",
        "/etc/sysctl.d/README", "/etc/default/grub", "/", "/etc/systemd/system/nftables.service.d",
    ])
    func leavesOut(_ path: String) { #expect(kind(path) == nil) }

    @Test func servicesAreAddedByName() {
        var plan = ConfigPlan.standard
        plan.add(units: ["my-fw", "fw@eth0"])
        for path in [
            "/etc/systemd/system/my-fw.service", "/run/systemd/system/my-fw.service.d/a.conf",
            "/etc/systemd/system/basic.target.wants/my-fw.service", "/usr/lib/systemd/system/fw@.service",
            "/etc/systemd/system/fw@eth0.service.d/a.conf", "/etc/systemd/system/a.requires/fw@eth0.service",
        ] {
            #expect(plan.place(of: BytePath(path))?.meaning?.kind == .unit, "\(path)")
            #expect(kind(path) == nil)
        }
        #expect(plan.place(of: BytePath("/etc/systemd/system/my-fw2.service"))?.meaning == nil)
    }

    @Test func foldersAreOpenOnTheWayDown() throws {
        let plan = ConfigPlan.standard
        for path in ["/", "/etc", "/etc/systemd", "/etc/systemd/system/multi-user.target.wants", "/etc/ufw"] {
            #expect(try #require(plan.place(of: BytePath(path))).isOpen, "\(path)")
        }
        #expect(plan.place(of: BytePath("/var")) == nil)
        #expect(plan.place(of: BytePath("/etc/ssh")) == nil)
    }

    @Test func pathsAreWhatTheyLeadTo() {
        #expect(BytePath("/etc//ufw/./x/../user.rules") == BytePath("/etc/ufw/user.rules"))
        #expect(BytePath("/../..").text == "/")
        #expect(BytePath("/etc/a").following(Array("../usr/b".utf8)) == BytePath("/usr/b"))
        #expect(BytePath("/etc/a").following(Array("/b".utf8)) == BytePath("/b"))
        #expect(BytePath("/etc/ab").isAtOrBelow(BytePath("/etc/a")) == false)
        #expect(BytePath("/etc/a/b").isAtOrBelow(BytePath("/etc/a")))
        #expect(BytePath([47, 255, 47, 254]).folder == BytePath([47, 255]))
        #expect(BytePath.root.appending(Array("etc".utf8)) == BytePath("/etc"))
    }

    @Test func includesAreFollowed() throws {
        let path = BytePath("/etc/nftables.conf")
        let script = """
            #!/usr/sbin/nft -f
            include "/srv/rules/*.nft"
              include 'extra.nft'
            include "./odd.nft"
            # include "/not/this"
            define include = 3
            """
        let plan = ConfigPlan.standard.following([path: facts(text: script)])
        for path in ["/srv/rules/a.nft", "/etc/extra.nft", "/odd.nft"] {
            #expect(plan.place(of: BytePath(path))?.meaning?.kind == .nftables, "\(path)")
        }
        #expect(plan.place(of: BytePath("/not/this"))?.meaning == nil)
        #expect(plan.place(of: BytePath("/srv/rules/a.txt"))?.meaning == nil)
    }
}

/// A file with that in it.
func facts(text: String, inode: UInt64 = 1, mode: UInt16 = 0o644, user: UInt32 = 0) -> FileFacts {
    FileFacts(
        kind: .file, size: UInt64(text.utf8.count), mode: mode, user: user, group: 0, device: 1, inode: inode,
        modified: 0, hash: String(text.hashValue), text: text)
}
