import Files
import CMalloc
import Glibc
import Time

/// Keeps the memory of the process at what it needs: glibc's allocator is made for programs that
/// allocate all the time, this one does a lot at once and then waits.
package enum ProcessMemory {
    /// How often free memory is given back to the system.
    private static let interval = Duration.seconds(30)

    /// To be called before there are threads.
    ///
    /// By default every thread has an arena of its own, and what one frees is of no use to the
    /// others: a third of the memory of this process. Setting the threshold keeps glibc from raising
    /// it with every large block that is freed, after which such blocks would tear holes into the
    /// heap.
    package static func configure() {
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, 128 << 10)
        mallopt(M_TRIM_THRESHOLD, 256 << 10)
    }

    /// Gives back what the work so far left behind, again and again. The first interval passes without:
    /// nothing has settled yet.
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

    /// Drops the pages of the program's own code that only the start needed: relocations, symbol
    /// tables, metadata of types. They are never written, so the kernel reads again from the file
    /// what is used after all.
    private static func releaseCode() {
        let program = readlink("/proc/self/exe")
        for mapping in TextFile.read("/proc/self/maps")?.split(separator: "\n") ?? [] {
            let fields = mapping.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count >= 6, fields[1] == "r-xp",
                fields[5...].joined(separator: " ") == program
            else { continue }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2,
                let start = unsafe UnsafeMutableRawPointer(bitPattern: bounds[0])
            else { continue }
            unsafe madvise(start, Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }

    private static func readlink(_ path: String) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe Glibc.readlink(path, &buffer, buffer.count)
        return String(
            decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }
}
