import Glibc

/// Reads a file of any size piece by piece. It may be a pipe, as in `backtest <(zcat dump.om.gz)`.
package struct FilePieces: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)

    /// - Parameter path: `-` for standard input.
    package init(_ path: String) throws(FileError) {
        self.path = path
        guard path != "-" else {
            descriptor = dup(STDIN_FILENO)
            return
        }
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(path) }
    }

    deinit { close(descriptor) }

    /// The next piece; nil at the end.
    package mutating func next() throws(FileError) -> [UInt8]? {
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last(path) }
            return count == 0 ? nil : Array(buffer[..<count])
        }
    }
}
