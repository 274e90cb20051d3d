import Identity
import Testing

@Suite struct `A script` {
    static func script(_ line: String, of path: String) -> String? {
        let words = line.split(separator: " ").map(String.init)
        return Script(of: chain([Someone(path: path, arguments: words)])).map {
            String(decoding: $0.path, as: UTF8.self)
        }
    }

    @Test(arguments: [
        ("python3 x.py", "/usr/bin/python3.11", "/root/x.py"),
        ("python3 -u -W ignore /opt/x.py -c y", "/usr/bin/python3.11", "/opt/x.py"),
        ("bash ./run.sh -c", "/usr/bin/bash", "/root/run.sh"),
        ("bash -xe -o pipefail run.sh", "/usr/bin/bash", "/root/run.sh"),
        ("sh -- -x", "/usr/bin/dash", "/root/-x"),
        ("perl -w -I lib /usr/bin/tool", "/usr/bin/perl", "/usr/bin/tool"),
        ("/usr/bin/perl5.36 t.pl", "/usr/bin/perl5.36.0", "/root/t.pl"),
        ("php -f /srv/x.php", "/usr/bin/php8.2", "/srv/x.php"),
        ("node --inspect app.js", "/usr/bin/node", "/root/app.js"),
    ])
    func `is what an interpreter was given`(line: String, path: String, expected: String) {
        #expect(Self.script(line, of: path) == expected)
    }

    @Test(arguments: [
        ("python3 -c import", "/usr/bin/python3.11"), ("python3 -m http.server", "/usr/bin/python3.11"),
        ("bash -c ls x", "/usr/bin/bash"), ("bash -ec ls", "/usr/bin/bash"), ("bash -s x", "/usr/bin/bash"),
        ("perl -ne print x", "/usr/bin/perl"), ("bash", "/usr/bin/bash"), ("python3 -", "/usr/bin/python3.11"),
        ("nft -f rules", "/usr/sbin/nft"), ("bash --", "/usr/bin/bash"), ("bash -x", "/usr/bin/bash"),
    ])
    func `is none where there is none`(line: String, path: String) {
        #expect(Self.script(line, of: path) == nil)
    }

    @Test func `keeps its path as it was given where the working directory is not known`() {
        let process = chain([Someone(path: "/bin/sh", arguments: ["sh", "x"], directory: "")])
        #expect(Script(of: process).map { String(decoding: $0.path, as: UTF8.self) } == "x")
    }
}
