import Foundation
import Testing

/// Every fault at every moment, each with a real agent of its own. Runs for some minutes: see
/// `packaging/test`, which runs it by itself.
@Suite("The matrix of faults and moments")
struct FaultMatrixTests {
    @Test("no cell restarts twice, restarts what is well, or leaves the agent worse than it was")
    func matrix() async {
        let matrix = FaultMatrix(rows: FaultMatrix.chosenRows)
        let cells = await matrix.run()
        print(matrix.table(cells))
        for (index, cell) in matrix.cells.enumerated() {
            guard let result = cells[index] else { continue }
            for problem in result.problems {
                Issue.record("\(cell.row.name) x \(cell.moment): \(problem)\n\(result.account)")
            }
        }
    }
}
