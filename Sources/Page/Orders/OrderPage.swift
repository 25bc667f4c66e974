import Cycle
import Diagnosis
import Remediation
import Time

/// The page on which a person confirms an order: what it does, what it costs, and why it is given.
package enum OrderPage {
    /// - Parameter problem: why the form that was sent is shown again; nil at first.
    package static func render(
        _ context: PageContext,
        _ form: OrderForm,
        problem: String? = nil
    ) -> Markup {
        let view = OrderView(context: context, form: form)
        let warning: Markup =
            problem.map { "<p class=\"answer refused\" role=\"alert\">\($0)</p>" } ?? .empty
        return Layout.document(
            context,
            title: view.question,
            current: nil,
            refresh: .never,
            """
            <h1>\(view.question)</h1>
            \(warning)
            \(view.content)
            """
        )
    }
}

/// The parts of an order's page.
struct OrderView {
    let context: PageContext
    let form: OrderForm

    private var graphName: String {
        guard let id = form.subject.graphID else { return "" }
        return context.status.inventory.entries[id]?.graph.name ?? id
    }

    var subject: String {
        switch form.subject {
        case .graph: graphName
        case .fleet: "all restarts"
        case .entry(let name): "restarts of the entry \(name)"
        }
    }

    var question: String {
        switch form.verb {
        case "approve": "Approve the restart of \(subject)?"
        case "reject": "Reject the restart of \(subject)?"
        case "acknowledge": "Acknowledge \(subject)?"
        case "pause":
            form.subject.graphID == nil ? "Pause \(subject)?" : "Pause restarts of \(subject)?"
        case "resume":
            form.subject.graphID == nil ? "Resume \(subject)?" : "Resume restarts of \(subject)?"
        default: "Restart \(subject) now?"
        }
    }

    var back: Place {
        form.subject.graphID.map { .graph($0) } ?? .agent
    }

    var content: Markup {
        if form.isAnswer, form.question == nil { return nothingAsked }
        guard context.acceptsOrders else { return effect + disabled }
        if context.refuses(form.verb) { return effect + observing }
        return effect + formMarkup
    }

    private var nothingAsked: Markup {
        """
        <p class="answer">Nothing waits for an answer.</p>
        <p><a href="\(context.link(back))">Back</a></p>
        """
    }

    private var observing: Markup {
        """
        <p class="answer refused">This agent takes no such order \
        (\(context.leadership ?? "observer")). Give it to the leader.</p>
        <p><a href="\(context.link(back))">Back</a></p>
        """
    }

    private var disabled: Markup {
        """
        <p class="answer refused">This agent takes no orders: start it with \
        <code>--web.enable-admin-api</code> and users in the file of \
        <code>--web.config.file</code>.</p>
        <p><a href="\(context.link(back))">Back</a></p>
        """
    }

    // MARK: Form

    private var formMarkup: Markup {
        """
        <form class="form" method="post" action="\(context.link(place))">
        <input type="hidden" name="id" value="\(form.orderID)">
        <input type="hidden" name="issued" value="\(form.issuedAt)">
        <input type="hidden" name="token" value="\(form.token)">
        \(questionFields)\(fields)
        <label for="reason">Reason, for the record
        <textarea id="reason" name="reason" required maxlength="1000" \
        placeholder="Why, and who knows of it">\(whole: form.reason)</textarea></label>
        <p class="buttons"><button class="go">\(form.verb.capitalizedFirst)</button>
        <a class="button plain" href="\(context.link(back))">Cancel</a>
        <span class="aside">Recorded as \(id: context.user ?? "").</span></p></form>
        """
    }

    private var questionFields: Markup {
        form.question.map { question in
            """
            <input type="hidden" name="remedy" value="\(whole: question.remedy)">
            <input type="hidden" name="asked_at" value="\(question.since.rfc3339)">

            """
        } ?? .empty
    }

    private var place: Place {
        switch form.subject {
        case .graph(let id): .order(form.verb, graph: id)
        case .fleet: .fleetOrder(form.verb + "?scope=fleet")
        case .entry(let name): .fleetOrder(form.verb + "?scope=entry&entry=\(name.formEncoded)")
        }
    }

    private var fields: Markup {
        switch form.verb {
        case "pause": duration
        case "acknowledge": clearing
        case "restart": overriding
        default: .empty
        }
    }

    private var duration: Markup {
        let choices = ["30m", "2h", "8h", "1d", "3d"].map { choice -> Markup in
            "<option value=\"\(choice)\"></option>"
        }.joined()
        return """
            <label for="for">For how long, such as 2h or 1d; 14d at most
            <input id="for" name="for" required maxlength="20" list="durations" \
            value="\(form.duration)"></label><datalist id="durations">\(choices)</datalist>
            """
    }

    private var clearing: Markup {
        let mark: Markup = form.clearsAttempts ? " checked" : .empty
        return """
            <label class="check"><input type="checkbox" name="clear_attempts" value="true"\(mark)>\
            Its attempts so far no longer count against it: it may be restarted again at once.</label>
            """
    }
}
