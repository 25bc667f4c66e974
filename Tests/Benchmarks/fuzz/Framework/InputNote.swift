import Foundation
import Workbench

/// The input that is being tried, in a file that is mapped into memory: it can be read after the
/// process that tried it has crashed. Layout: number and length as 64-bit integers, then the bytes.
@safe
struct InputNote: ~Copyable {
    private static let headBytes = 16
    private let start: UnsafeMutableRawPointer
    private let size: Int

    init(file: String, maximumBytes: Int) throws {
        size = Self.headBytes + maximumBytes
        let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BenchError("cannot open \(file)") }
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(size)) == 0,
            let start = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            unsafe start != MAP_FAILED
        else { throw BenchError("cannot map \(file)") }
        unsafe self.start = start
    }

    deinit {
        unsafe munmap(start, size)
    }

    func write(_ input: [UInt8], number: Int) {
        let count = min(input.count, size - Self.headBytes)
        unsafe start.storeBytes(of: number, as: Int.self)
        unsafe start.storeBytes(of: count, toByteOffset: 8, as: Int.self)
        unsafe input.withUnsafeBytes { bytes in
            guard let source = bytes.baseAddress else { return }
            unsafe (start + Self.headBytes).copyMemory(from: source, byteCount: count)
        }
    }

    /// The last input of a process that has ended; nil if it tried none.
    static func read(_ file: String) -> (number: Int, input: [UInt8])? {
        guard let bytes = try? Data(contentsOf: URL(filePath: file)), bytes.count >= headBytes
        else { return nil }
        let numbers = [0, 8].map { place in
            bytes[place..<(place + 8)].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        guard numbers[0] > 0, headBytes + numbers[1] <= bytes.count else { return nil }
        return (numbers[0], Array(bytes[headBytes..<(headBytes + numbers[1])]))
    }
}
