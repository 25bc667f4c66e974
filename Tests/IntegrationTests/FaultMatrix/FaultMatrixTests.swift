import FaultCells
import Testing

/// The faults and moments that need sockets, each with its own real agent; SimulationTests runs the
/// others.
@Suite("The matrix of faults and moments")
struct FaultMatrixTests {
    @Test("no cell restarts twice, restarts a healthy graph, or leaves the agent degraded")
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
