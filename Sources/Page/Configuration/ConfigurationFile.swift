/// A configuration or rule file: the text that is in force, and what is on the disk now.
package struct ConfigurationFile: Sendable, Hashable {
    package enum OnDisk: Sendable, Hashable {
        case same
        case changed(String)
        /// With the reason.
        case unreadable(String)
    }

    package var path: String
    /// Without secrets.
    package var text: String
    package var onDisk: OnDisk

    package init(path: String, text: String, onDisk: OnDisk) {
        self.path = path
        self.text = text
        self.onDisk = onDisk
    }
}

/// The lines that differ between two texts, with the lines around them.
struct LineDifference: Hashable {
    enum Line: Hashable {
        case kept(String)
        case added(String)
        case removed(String)
        /// So many equal lines are left out.
        case skipped(Int)
    }

    /// nil if the texts are too large to compare while somebody waits.
    let lines: [Line]?

    /// The time to compare grows with the lines times the differences.
    private static let maximumLines = 5_000
    /// Equal lines shown before and after a difference.
    private static let surrounding = 3

    init(from old: String, to new: String) {
        let before = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let after = new.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard before.count <= Self.maximumLines, after.count <= Self.maximumLines else {
            lines = nil
            return
        }
        lines = Self.shortened(Self.merged(before, after))
    }

    private static func merged(_ before: [String], _ after: [String]) -> [Line] {
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var old = 0
        var new = 0
        while old < before.count || new < after.count {
            if removed.contains(old) {
                lines.append(.removed(before[old]))
                old += 1
            } else if added.contains(new) {
                lines.append(.added(after[new]))
                new += 1
            } else {
                lines.append(.kept(before[old]))
                old += 1
                new += 1
            }
        }
        return lines
    }

    /// Leaves out equal lines that are far from every difference.
    private static func shortened(_ lines: [Line]) -> [Line] {
        let changes = lines.indices.filter { if case .kept = lines[$0] { false } else { true } }
        let near = Set(changes.flatMap { ($0 - surrounding)...($0 + surrounding) })
        return lines.indices.reduce(into: []) { shown, index in
            if near.contains(index) {
                shown.append(lines[index])
            } else if case .skipped(let count) = shown.last {
                shown[shown.count - 1] = .skipped(count + 1)
            } else {
                shown.append(.skipped(1))
            }
        }
    }
}
