import CProbes
import Records
import Testing

@testable import Probes

@Suite struct `A record of the kernel half` {
    static func decode(_ bytes: [UInt8]) -> Record? { Record(bytes.span.bytes) }

    @Test func `of a fork names both`() {
        guard case .fork(let fork) = Self.decode(Sample.fork) else {
            Issue.record("no fork")
            return
        }
        #expect(fork.parent == ProcessID(pid: 2, start: 1) && fork.child == ProcessID(pid: 5, start: 4))
        #expect(fork.user == 6)
    }

    @Test func `of an exec has identity and image`() {
        guard case .exec(let exec) = Self.decode(Sample.exec()) else {
            Issue.record("no exec")
            return
        }
        #expect(exec.task == expectedTask)
        #expect(Array(exec.image.path) == Array("/bin/nft".utf8))
        #expect(Array(exec.image.invoked) == Array("nft".utf8))
        #expect(Array(exec.image.directory) == Array("/root".utf8))
        #expect(exec.image.arguments.map { Array($0) } == ["-f", "x", ""].map { Array($0.utf8) })
        #expect(exec.image.flags == .isPathCut && exec.image.areArgumentsCut && exec.image.argumentCount == 60)
    }

    @Test func `of a process that was there is none of an exec`() {
        guard case .task(let task) = Self.decode(Sample.exec(WW_TASK)) else {
            Issue.record("no task")
            return
        }
        #expect(task.task == expectedTask)
    }

    @Test func `of an exit has its status`() {
        guard case .exit(let process, let status, let time) = Self.decode(Sample.exit) else {
            Issue.record("no exit")
            return
        }
        #expect(process == ProcessID(pid: 5, start: 4) && status == 256 && time == 77)
    }

    @Test func `of a signal names sender, number and target`() {
        guard case .signal(let signal) = Self.decode(Sample.signal) else {
            Issue.record("no signal")
            return
        }
        #expect(signal.sender == expectedTask && signal.number == 9 && signal.target == ProcessID(pid: 5, start: 4))
    }

    @Test func `of a switch has namespace, path and both values`() {
        guard case .sysctl(let write) = Self.decode(Sample.sysctl()),
            case .sysctl(let cut) = Self.decode(
                Sample.sysctl(flags: WW_SYSCTL_CUT))
        else {
            Issue.record("no write")
            return
        }
        #expect(write.author.task == expectedTask && write.author.time == 77)
        #expect(write.netns == NetnsRef(inode: 24, userNamespaceLevel: 1, cookie: 77))
        #expect(write.path == Array("net/netfilter/nf_conntrack_tcp_loose".utf8))
        #expect(write.before == Array("1\n".utf8) && write.after == Array("  0".utf8))
        #expect(cut.after == nil && cut.before == write.before)
    }

    @Test func `of a request has author, namespace and the first bytes`() {
        guard case .request(let request) = Self.decode(Sample.request()) else {
            Issue.record("no request")
            return
        }
        #expect(request.id == 55 && request.port == 500 && request.total == 4000 && request.captured == 400)
        #expect(request.author.time == 77 && request.author.task == expectedTask)
        #expect(request.author.ancestors.map(\.process.pid) == [5, 1])
        #expect(request.author.ancestors.last?.comm.bytes == Array("init".utf8))
        #expect(request.netns == NetnsRef(inode: 24, userNamespaceLevel: 1))
        #expect(request.bytes == Array("abcd".utf8))
    }

    @Test(arguments: [UInt32(0), 8, 9, .max])
    func `of a request has at most the ancestors there is room for`(count: UInt32) {
        guard case .request(let request) = Self.decode(Sample.request(ancestors: count)) else {
            Issue.record("no request")
            return
        }
        #expect(request.author.ancestors.count == Int(min(count, 8)))
    }

    @Test func `of more bytes says where they belong`() {
        guard case .requestBytes(let id, let offset, let bytes) = Self.decode(Sample.requestBytes) else {
            Issue.record("no bytes")
            return
        }
        #expect(id == 55 && offset == 400 && bytes == Array("xyz".utf8))
    }

    @Test func `of an answer has error and loss`() {
        guard case .requestResult(let id, let error, let lost) = Self.decode(Sample.requestResult) else {
            Issue.record("no result")
            return
        }
        #expect(id == 55 && error == -17 && lost == 6)
    }

    @Test func `of a legacy replace has table and bytes`() {
        guard case .xtables(let replace) = Self.decode(Sample.xtables) else {
            Issue.record("no replace")
            return
        }
        #expect(replace.id == 56 && replace.table == Array("filter".utf8) && replace.family == 2)
        #expect(replace.total == 696 && replace.request == Array("xyz".utf8))
        #expect(replace.author.ancestors.isEmpty && replace.netns == NetnsRef(inode: 24))
    }

    @Test func `of a closed socket says whose it was and where`() {
        guard case .socketClosed(let closed) = Self.decode(Sample.socketClosed) else {
            Issue.record("no closed socket")
            return
        }
        #expect(closed.port == 0xffff_f000)
        #expect(closed.netns == NetnsRef(inode: 24, userNamespaceLevel: 1, cookie: 77))
        #expect(closed.task == TaskIdentity(sampleTask()))
    }

    @Test func `of a legacy replace's answer has the error`() {
        guard case .xtablesResult(let id, let error) = Self.decode(Sample.xtablesResult) else {
            Issue.record("no result")
            return
        }
        #expect(id == 56 && error == -22)
    }

    @Test func `of a module says whether it came or went`() {
        guard case .module(let name, let isLoaded, let task) = Self.decode(Sample.module) else {
            Issue.record("no module")
            return
        }
        #expect(name == Array("nf_tables".utf8) && isLoaded && task == expectedTask)
    }

    @Test func `reads nobody's login as none`() {
        var task = sampleTask()
        (task.login, task.session_id, task.tty) = (WW_NO_LOGIN, WW_NO_LOGIN, 0)
        let identity = TaskIdentity(task)
        #expect(identity.login == nil && identity.session == nil && identity.terminal == nil)
    }

    @Test func `reads user 0's login as his`() {
        var task = sampleTask()
        (task.login, task.session_id) = (0, 0)
        #expect(TaskIdentity(task).login == 0 && TaskIdentity(task).session == 0)
    }
}
