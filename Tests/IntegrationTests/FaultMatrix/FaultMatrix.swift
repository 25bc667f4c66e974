import FaultCells
import Foundation

/// The cells that need real processes, a few run at a time.
struct FaultMatrix: Sendable {
    let rows: [FaultRow]
    let cells: [FaultCell]

    init(rows: [FaultRow]) {
        self.rows = rows
        let names = Set(rows.map(\.name))
        cells = FaultCell.ofProcesses.filter { names.contains($0.row.name) }
    }

    /// Selects rows for development: `FAULT_ROWS="401;no answer"`.
    static var chosenRows: [FaultRow] {
        guard let text = ProcessInfo.processInfo.environment["FAULT_ROWS"] else {
            return FaultRow.all
        }
        let names = Set(text.split(separator: ";").map(String.init))
        return FaultRow.all.filter { names.contains($0.name) }
    }

    /// Cells mostly wait, so there are more than processors, but few enough that none of the
    /// agent's requests times out for lack of CPU.
    private static let atATime = Int(ProcessInfo.processInfo.environment["FAULT_CELLS"] ?? "") ?? 8

    func run() async -> [Int: FaultCell.Result] {
        await withTaskGroup(of: (Int, FaultCell.Result).self) { group in
            var waiting = cells.enumerated().makeIterator()
            var results: [Int: FaultCell.Result] = [:]
            func next() {
                guard let (index, cell) = waiting.next() else { return }
                group.addTask { (index, await cell.run()) }
            }
            for _ in 0..<Self.atATime { next() }
            while let (index, result) = await group.next() {
                results[index] = result
                next()
            }
            return results
        }
    }

    /// Aligned columns; a failed cell is marked.
    func table(_ results: [Int: FaultCell.Result]) -> String {
        var lines = [["fault"] + Moment.allCases.map(\.rawValue)]
        for row in rows where cells.contains(where: { $0.row.name == row.name }) {
            let words = Moment.allCases.map { moment in
                let index = cells.firstIndex { $0.row.name == row.name && $0.moment == moment }
                guard let index, let result = results[index] else { return "-" }
                return result.outcome + (result.problems.isEmpty ? "" : " (!)")
            }
            lines.append([row.name] + words)
        }
        let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                .joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
