import JSON

/// The graphs of the project, as far as the service showed them.
package struct GraphListing: Hashable, Sendable {
    /// Without duplicates, in the order in which they were first seen.
    package var graphs: [Graph] = []
    /// Whether this is all of them. When it is not, a graph that is missing here may well exist.
    package var isComplete = false
    /// Entries without id, name or status: any graph may be behind one, so the listing is not complete.
    package var skipped = 0

    package init(graphs: [Graph] = [], isComplete: Bool = false) {
        self.graphs = graphs
        self.isComplete = isComplete
    }
}

extension GESClient {
    /// Lists all graphs of the project, page by page.
    ///
    /// Graphs may come and go meanwhile, which moves the others from page to page: one may be seen
    /// twice or not at all. So the listing is complete only if the total held still and was reached.
    package func listGraphs() async throws(GESError) -> GraphListing {
        let pages = try await pages(
            operation: "list_graphs",
            path: graphsPath,
            items: ["graphs"],
            total: ["graph_count", "graphCount"]
        )
        var listing = GraphListing(isComplete: pages.totalHeldStill)
        var seen: Set<String> = []
        for item in pages.items {
            guard let graph = Graph(item) else {
                listing.skipped += 1
                continue
            }
            if seen.insert(graph.id).inserted { listing.graphs.append(graph) }
        }
        if let total = pages.total, listing.graphs.count < total { listing.isComplete = false }
        if listing.skipped > 0 {
            listing.isComplete = false
            observer.answerUnusable(.ges, operation: "list_graphs", reason: "parse")
        }
        return listing
    }

    /// Reads one graph.
    package func graph(_ id: String) async throws(GESError) -> Graph {
        let document = try await read("show_graph", path: graphsPath + [id])
        return try observer.watching(.ges, "show_graph") { () throws(GESError) in
            guard let graph = document["graph"].flatMap(Graph.init) else {
                throw .unexpected("the answer holds no graph with id, name and status")
            }
            // Acting on one graph because of what was said about another must not happen.
            guard graph.id == id else {
                throw .unexpected("asked for graph \(id), the answer is about graph \(graph.id)")
            }
            return graph
        }
    }

    var graphsPath: [String] {
        configuration.apiVersion.graphsPath(project: configuration.projectID)
    }

    /// Reads a document of the management plane.
    func read(
        _ operation: String,
        path: [String],
        query: [RequestURL.QueryItem] = []
    ) async throws(GESError) -> JSONValue {
        let answer = try await answer(
            to: ServiceCall(
                service: .ges,
                operation: operation,
                url: try url(configuration.endpoints.ges, path, query: query),
                timeout: configuration.readTimeout
            )
        )
        return try observer.watching(.ges, operation) { () throws(GESError) in
            try AnswerReader.document(answer, now: clock.wall())
        }
    }

    /// An id is data of the service: it must stay one piece of the path.
    func url(
        _ endpoint: Endpoint,
        _ path: [String],
        query: [RequestURL.QueryItem] = []
    ) throws(GESError) -> RequestURL {
        for segment in path where ["", ".", ".."].contains(segment) {
            throw .invalidArgument("\"\(segment)\" cannot be an id or a name")
        }
        return RequestURL(endpoint, path, query: query)
    }
}
