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

    private static func write(_ line: String, to descriptor: Int32) {
        let shown = line.escapingUnsafe(except: ["\n", "\t"])
        var bytes = Array((shown + "\n").utf8)[...]
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
