import Foundation
import TestSupport
import Testing

@Suite("What a command prints")
struct OutputTests {
    /// A page of the history with more than a pipe holds.
    private static let page = ScriptedServer.Answer(
        path: "/api/v1/history",
        body: #"{"status":"success","data":{"lines":[{"x":"\#(long)"},{"x":"last"}],"next":null}}"#
    )
    private static let long = String(repeating: ".", count: 300_000)

    /// Runs a script with the command `$0 history export` in `$@`.
    private func export(
        _ interpreter: String,
        _ script: String
    ) async throws -> (status: Int32, text: String) {
        let scratch = try Scratch()
        defer { scratch.remove() }
        var answer: (status: Int32, text: String) = (0, "")
        try await ScriptedServer.serving([Self.page], in: scratch.folder) { server in
            answer = try await Program.run(
                URL(filePath: interpreter),
                [
                    "-c", script, Program.graphwarden.path, "history", "export",
                    "--url=\(server.url)",
                ]
            )
        }
        return answer
    }

    @Test("is reported if the disk is full")
    func diskFull() async throws {
        let answer = try await export("/bin/bash", #""$0" "$@" >/dev/full; exit $?"#)
        #expect(answer.status == 2, "\(answer.text)")
        #expect(answer.text.contains("cannot write to standard output: No space"), "\(answer.text)")
        let check = try await Program.run(
            URL(filePath: "/bin/bash"),
            [
                "-c", #""$0" check rules "$1" >/dev/full; exit $?"#, Program.graphwarden.path,
                Program.root.appending(path: "rules/import.yml").path,
            ]
        )
        #expect(check.status == 2, "\(check.text)")
    }

    /// A parent may have its children ignore SIGPIPE; then the write fails instead.
    @Test(
        "may end early if the reader has enough",
        arguments: [("--ignore-signal=PIPE", 0), ("--default-signal=PIPE", 141)]
    )
    func readerGone(disposition: String, status: Int) async throws {
        let script = #"env \#(disposition) "$0" "$@" | head -c 10; echo " ${PIPESTATUS[0]}""#
        let answer = try await export("/bin/bash", script)
        #expect(answer.text == #"{"x":".... \#(status)"# + "\n")
    }

    @Test("is complete though the pipe does not block")
    func nonBlocking() async throws {
        let script = """
            import fcntl, os, subprocess, sys, time
            reader, writer = os.pipe()
            fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
            child = subprocess.Popen(sys.argv[1:], stdout=writer)
            os.close(writer)
            full = 0
            while full < 65536:
                full = int.from_bytes(fcntl.ioctl(reader, 0x541B, b"....")[:4], sys.byteorder)
                time.sleep(0.01)
            count = 0
            while data := os.read(reader, 4096):
                count += len(data)
            print(count, child.wait())
            """
        let answer = try await export("/usr/bin/python3", script)
        #expect(
            answer.text
                == "\(Self.long.utf8.count + #"{"x":""}"#.count + #"{"x":"last"}"#.count + 2) 0\n",
            "\(answer.text)"
        )
    }
}
