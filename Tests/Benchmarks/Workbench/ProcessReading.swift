import Foundation

/// The kernel's statistics of one process at one time.
package struct ProcessReading: Sendable {
    package let residentKilobytes: Int
    /// Shared pages counted proportionally; nil if the kernel does not report it.
    package let proportionalKilobytes: Int?
    package let threads: Int
    package let descriptors: Int
    /// Descriptors that are sockets, including listening ones.
    package let sockets: Int
    /// User and system time since the process started.
    package let cpuSeconds: Double

    package var residentMegabytes: Double { Double(residentKilobytes) / 1024 }

    /// Returns nil if the process no longer exists.
    package init?(of process: Int32) {
        let folder = "/proc/\(process)"
        guard let status = Self.text(folder + "/status"), let stat = Self.text(folder + "/stat"),
            let resident = Self.number(after: "VmRSS:", in: status),
            let threads = Self.number(after: "Threads:", in: status)
        else { return nil }
        residentKilobytes = resident
        self.threads = threads
        proportionalKilobytes = Self.text(folder + "/smaps_rollup").flatMap {
            Self.number(after: "Pss:", in: $0)
        }
        let links = Self.descriptorLinks(folder + "/fd")
        descriptors = links.count
        sockets = links.count { $0.hasPrefix("socket:") }
        // Fields 14 and 15 of proc(5), counted after the command in parentheses.
        let fields = stat.drop { $0 != ")" }.split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13])
        else { return nil }
        cpuSeconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func descriptorLinks(_ folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: folder + "/" + $0)
        }
    }

    /// Files in /proc report no size, so they are read to the end.
    private static func text(_ path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        return (try? file.readToEnd()).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func number(after name: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            return line.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) }
        }
        return nil
    }
}
