internal import Records

/// What a control group's path says: which unit of systemd, and which container (cgroups(7), systemd's
/// CGROUP_DELEGATION.md, and the drivers of the container runtimes).
package struct ControlGroup: Hashable, Sendable {
    /// As the kernel numbers it; 0: not known.
    package var id: UInt64
    /// From the root on, the root itself being `/`.
    package var path: [UInt8]
    /// The unit of the system's manager: a service, a scope (a login session too), never a slice.
    package var unit: [UInt8]?
    /// The unit of a user's own manager, under `user@UID.service`.
    package var userUnit: [UInt8]?
    /// The innermost service: that of a container's own manager too.
    package var service: [UInt8]?
    package var container: Container?

    /// A container by the id, or the name, that its runtime gave it.
    package struct Container: Hashable, Sendable {
        package var id: [UInt8]
        /// nil where the path does not tell.
        package var runtime: String?
    }

    /// Takes the names of the folders, that of the root left out.
    package init(_ names: [[UInt8]], id: UInt64 = 0) {
        self.id = id
        path = names.isEmpty ? [UInt8(ascii: "/")] : Array(names.map { [UInt8(ascii: "/")] + $0 }.joined())
        var rest = names[...]
        service = names.last { $0.ends(with: ".service") && !$0.starts(with: "user@".utf8) }
        unit = Self.unit(&rest) ?? service
        if let unit, unit.starts(with: "user@".utf8) { userUnit = Self.unit(&rest) }
        container =
            names.indices.reversed().lazy.compactMap { index in
                Self.container(names[index], below: index > 0 ? names[index - 1] : [])
            }.first
    }

    /// The first that is no slice, as long as there are but slices before it.
    private static func unit(_ names: inout ArraySlice<[UInt8]>) -> [UInt8]? {
        while let name = names.popFirst() {
            if name.ends(with: ".slice") { continue }
            let isUnit = [".service", ".scope", ".socket", ".mount", ".swap"].contains { name.ends(with: $0) }
            // A name that would be taken for one of the kernel's own begins with an underscore.
            return isUnit ? Array(name.first == UInt8(ascii: "_") ? name.dropFirst() : name[...]) : nil
        }
        return nil
    }

    /// Scopes of runtimes that let systemd make their groups: what comes before the id.
    private static let scopes: [(prefix: String, runtime: String)] = [
        ("docker-", "docker"), ("libpod-", "podman"), ("cri-containerd-", "containerd"), ("crio-", "cri-o"),
        ("nerdctl-", "containerd"),
    ]

    private static func container(_ name: [UInt8], below parent: [UInt8]) -> Container? {
        func inside(_ prefix: String, _ suffix: String = "") -> [UInt8]? {
            guard name.starts(with: prefix.utf8), name.ends(with: suffix) else { return nil }
            let middle = name.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
            return middle.isEmpty ? nil : Array(middle)
        }
        for scope in scopes {
            // `libpod-ID` without a suffix: podman with its own driver. `libpod-conmon-ID` is not in the container.
            if let id = inside(scope.prefix, ".scope") ?? inside(scope.prefix), isID(id[...]) {
                return Container(id: id, runtime: scope.runtime)
            }
        }
        if let id = inside("systemd-nspawn@", ".service") ?? inside("machine-", ".scope") {
            return Container(id: unescaped(id), runtime: "systemd-nspawn")
        }
        if let id = inside("lxc.payload.") { return Container(id: id, runtime: "lxc") }
        if parent.elementsEqual("lxc".utf8) { return Container(id: name, runtime: "lxc") }
        // The runtimes' own driver: a folder of their name, and below it the id.
        guard isID(name[...]) else { return nil }
        let parents = ["docker": "docker", "libpod_parent": "podman", "podman": "podman", "garden": "garden"]
        return Container(id: name, runtime: parents.first { parent.elementsEqual($0.key.utf8) }?.value)
    }

    /// 64 hexadecimal digits.
    private static func isID(_ text: ArraySlice<UInt8>) -> Bool {
        text.count == 64
            && text.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// Systemd writes `-` and others in a unit's name as `\x2d` (systemd.unit(5)).
    private static func unescaped(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"), rest.count >= 3,
                let code = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(code)
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}

extension [UInt8] {
    fileprivate func ends(with suffix: String) -> Bool { self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }
}

/// The groups that were told, by number. Of each the kernel half tells once; it remembers fewer than are kept here.
struct ControlGroups {
    static let capacity = 16_384
    private var known: [UInt64: ControlGroup] = [:]
    private var order: [UInt64] = []
    private var oldest = 0

    subscript(_ id: UInt64) -> ControlGroup? { known[id] }

    /// Takes what the first program in a group tells of it.
    mutating func learn(_ id: UInt64, _ image: ExecImage) {
        guard image.tellsControlGroup else { return }
        let names = image.controlGroup
        if known.updateValue(ControlGroup(names.reversed().map { Array($0) }, id: id), forKey: id) == nil {
            order.append(id)
        }
        while order.count - oldest > Self.capacity {
            known[order[oldest]] = nil
            oldest += 1
        }
        if oldest > Self.capacity {
            order.removeFirst(oldest)
            oldest = 0
        }
    }
}
