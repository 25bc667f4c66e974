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
    static var width: Int? {
        guard isOutput else { return nil }
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    /// Asks the person at the terminal; nil if there is none.
    static func ask(_ question: String) -> String? {
        guard isInput else { return nil }
        write(bytes: Array(question.utf8), to: STDERR_FILENO)
        return readLine()
    }

    private static func write(_ line: String, to descriptor: Int32) {
        let shown = line.escapingUnsafe(except: ["\n", "\t"])
        write(bytes: Array((shown + "\n").utf8), to: descriptor)
    }

    private static func write(bytes all: [UInt8], to descriptor: Int32) {
        var bytes = all[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.span.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 && errno == EINTR { continue }
            // The reader is gone, and there is nowhere to report that.
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
