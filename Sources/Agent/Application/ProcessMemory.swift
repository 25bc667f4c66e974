import Files
import CMalloc
import Glibc
import Time

/// Keeps the resident memory small. glibc's allocator is tuned for programs that allocate all the
/// time; this one allocates a lot at once and then waits.
package enum ProcessMemory {
    /// How often free memory is returned to the kernel.
    private static let interval = Duration.seconds(30)

    /// Call this before any thread is started.
    ///
    /// By default every thread has its own arena, and memory freed in one cannot be used by the
    /// others: a third of the memory of this process. Setting the mmap threshold explicitly keeps
    /// glibc from raising it each time a large block is freed, after which large blocks would
    /// fragment the heap.
    package static func configure() {
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, 128 << 10)
        mallopt(M_TRIM_THRESHOLD, 256 << 10)
    }

    /// Returns free memory to the kernel once per interval. The first interval only waits: start-up
    /// is still allocating.
    static func keepSmall(_ clock: AgentClock, until stop: StopSignal) async {
        var hasReleasedCode = false
        while !stop.isRequested {
            _ = await stop.race { try? await clock.sleep(interval) }
            guard !stop.isRequested else { return }
            malloc_trim(0)
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
