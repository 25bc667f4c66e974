import Glibc
import GoText

/// Writes lines to standard output (results) and standard error (everything else). Unbuffered,
/// because another program may wait for the line, such as a test that reads the chosen port.
/// Characters that act on the terminal, which may come from the cloud, appear as escapes.
enum Terminal {
    static func output(_ line: String) {
        write(line, to: STDOUT_FILENO)
    }

    static func error(_ line: String) {
        write(line, to: STDERR_FILENO)
    }

    /// Writes text that is safe to show, with its escapes, to standard output.
    static func outputUnescaped(_ text: String) {
        write(bytes: Array(text.utf8), to: STDOUT_FILENO)
    }

    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }
    static var isInput: Bool { isatty(STDIN_FILENO) == 1 }

    /// See https://no-color.org.
    static var hasColor: Bool {
        let value = unsafe getenv("NO_COLOR").map { unsafe String(cString: $0) } ?? ""
        return isOutput && value.isEmpty
    }

    /// The columns of the terminal; nil if standard output is none.
    static var width: Int? { size.flatMap { $0.ws_col > 0 ? Int($0.ws_col) : nil } }

    /// The lines of the terminal; nil if standard output is none.
    static var height: Int? { size.flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil } }

    private static var size: winsize? {
        guard isOutput else { return nil }
        var size = winsize()
        return unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
    }

    /// Asks the person at the terminal; nil if there is none, or its input ends.
    static func ask(_ question: String) -> String? {
        guard isInput else { return nil }
        let shown = question.escapingUnsafe(except: ["\n", "\t"])
        write(bytes: Array(shown.utf8), to: STDERR_FILENO)
        return readLine()
    }

    private static func write(_ line: String, to descriptor: Int32) {
        let shown = line.escapingUnsafe(except: ["\n", "\t"])
        write(bytes: Array((shown + "\n").utf8), to: descriptor)
    }

    /// Output that is lost is no success: a full disk under an export ends the command with 2.
    private static func write(bytes all: [UInt8], to descriptor: Int32) {
        var bytes = all[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.span.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written >= 0 {
                bytes = bytes.dropFirst(written)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: waitUntilWritable(descriptor)
            // The reader is gone and wants no more.
            case EPIPE: return
            case let code:
                guard descriptor == STDOUT_FILENO else { return }
                let reason = unsafe String(cString: strerror(code))
                error("cannot write to standard output: \(reason)")
                exit(2)
            }
        }
    }

    /// Another program may have made the pipe that both share non-blocking.
    private static func waitUntilWritable(_ descriptor: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&entry, 1, -1)
    }
}
