import CJemalloc
import Files
import Glibc
import Time

/// Keeps the resident memory small, see `CJemalloc`.
enum ProcessMemory {
    /// How often free memory is returned to the kernel.
    private static let interval = Duration.seconds(30)

    /// Returns free memory to the kernel once per interval. The first interval only waits: start-up
    /// is still allocating.
    static func keepSmall(_ clock: AgentClock, until stop: StopSignal) async {
        var hasReleasedCode = false
        while !stop.isRequested {
            _ = await stop.race { try? await clock.sleep(interval) }
            guard !stop.isRequested else { return }
            CJemalloc_decay()
            if !hasReleasedCode { releaseCode() }
            hasReleasedCode = true
        }
    }

    /// Drops pages of code that only start-up needed, of the program and of its libraries. They are
    /// clean, so the kernel maps a page of the file again if it is used.
    private static func releaseCode() {
        for mapping in TextFile.read("/proc/self/maps")?.split(separator: "\n") ?? [] {
            let fields = mapping.split(separator: " ", omittingEmptySubsequences: true)
            // Only code: mappings of data contain relocated pages, which are in no file.
            guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { continue }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2,
                let start = unsafe UnsafeMutableRawPointer(bitPattern: bounds[0])
            else { continue }
            unsafe madvise(start, Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }
}
