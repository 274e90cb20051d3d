import Lineage
import Testing

@Suite struct `A control group` {
    static let id = String(repeating: "0123456789abcdef", count: 4)

    static func told(_ path: String) -> String {
        let group = ControlGroup(path.split(separator: "/").map { Array($0.utf8) })
        let text = { (bytes: [UInt8]?) in bytes.map { String(decoding: $0, as: UTF8.self) } ?? "-" }
        let container = group.container.map { "\($0.runtime ?? "?") \(text($0.id).prefix(20))" } ?? "-"
        #expect(text(group.path) == (path.isEmpty ? "/" : path))
        return "\(text(group.unit)) | \(text(group.userUnit)) | \(container)"
    }

    @Test(arguments: [
        ("", "- | - | -"),
        ("/init.scope", "init.scope | - | -"),
        ("/system.slice/nginx.service", "nginx.service | - | -"),
        ("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service | - | -"),
        ("/system.slice/_foo.service", "foo.service | - | -"),
        ("/user.slice/user-1000.slice/session-3.scope", "session-3.scope | - | -"),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/a.service", "user@1000.service | a.service | -"),
        ("/process_api/4fda17ea", "- | - | -"),
    ])
    func `tells the unit`(path: String, expected: String) {
        #expect(Self.told(path) == expected)
    }

    @Test(arguments: [
        ("/system.slice/docker-\(id).scope", "docker-\(id).scope", "docker 0123456789abcdef0123"),
        ("/docker/\(id)", "-", "docker 0123456789abcdef0123"),
        ("/docker/\(id)/init", "-", "docker 0123456789abcdef0123"),
        ("/machine.slice/libpod-\(id).scope/container", "libpod-\(id).scope", "podman 0123456789abcdef0123"),
        ("/user.slice/user-0.slice/libpod_parent/libpod-\(id)", "-", "podman 0123456789abcdef0123"),
        (
            "/kubepods.slice/kubepods-burstable.slice/cri-containerd-\(id).scope", "cri-containerd-\(id).scope",
            "containerd 0123456789abcdef0123"
        ),
        ("/kubepods/besteffort/pod1-2/\(id)", "-", "? 0123456789abcdef0123"),
        ("/kubepods.slice/crio-\(id).scope", "crio-\(id).scope", "cri-o 0123456789abcdef0123"),
        (
            "/machine.slice/systemd-nspawn@web\\x2d1.service/payload", "systemd-nspawn@web\\x2d1.service",
            "systemd-nspawn web-1"
        ),
        ("/machine.slice/machine-web.scope", "machine-web.scope", "systemd-nspawn web"),
        ("/lxc.payload.db/system.slice/x.service", "x.service", "lxc db"), ("/lxc/db", "-", "lxc db"),
    ])
    func `tells the container`(path: String, unit: String, container: String) {
        #expect(Self.told(path) == "\(unit) | - | \(container)")
    }

    @Test(arguments: [
        "/system.slice/docker.service", "/machine.slice/libpod-conmon-\(id).scope", "/docker", "/x/\(id)0",
    ])
    func `of a runtime itself is no container`(path: String) {
        #expect(Self.told(path).hasSuffix("| -"))
    }
}
