import Glibc

/// Writes lines to the terminal: results to standard output, everything else to standard error.
/// Unbuffered, because a reader of the pipe may be waiting for the line.
enum Terminal {
    static func output(_ line: String) {
        write(line, to: STDOUT_FILENO)
    }

    static func error(_ line: String) {
        write(line, to: STDERR_FILENO)
    }

    private static func write(_ line: String, to descriptor: Int32) {
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.span.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 && errno == EINTR { continue }
            // The reader is gone, and there is nowhere to report it.
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
