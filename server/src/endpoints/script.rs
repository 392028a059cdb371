//! `/endpoints.js`: the declarations, for the page.

use std::fmt::Write;

use checkout_updates::intent::Rule;
use serde_json::json;

use super::{Endpoint, Latest};

/// The module's text.
#[must_use]
pub fn module(endpoints: &[Endpoint]) -> String {
    let mut text = String::from(
        "import { endpoint, oneOf, identifier, text, integer, flag, address } from \"/dist/index.js\";\n\nexport const endpoints = {\n",
    );
    for endpoint in endpoints {
        let fields = endpoint.fields.iter().map(|field| {
            let optional = if field.optional { ".optional()" } else { "" };
            format!("{}: {}{optional}", json!(field.name), rule(&field.rule))
        });
        let fields = fields.collect::<Vec<_>>().join(", ");
        let fields = if fields.is_empty() { "{}".to_owned() } else { format!("{{ {fields} }}") };
        let options = match endpoint.latest {
            // Without an intent it says "look again", and one that is running may have looked before the change.
            Latest::Never if endpoint.fields.is_empty() => ", { dedupe: false }".to_owned(),
            Latest::Never => String::new(),
            Latest::Always => ", { latest: true }".to_owned(),
            Latest::By(field) => format!(", {{ latest: [{}] }}", json!(field)),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {}: endpoint({}, {fields}{options}),", endpoint.name, json!(endpoint.path));
    }
    text.push_str("};\n");
    text
}

fn rule(rule: &Rule) -> String {
    match rule {
        Rule::OneOf(choices) => {
            let choices = choices.iter().map(|choice| json!(choice).to_string()).collect::<Vec<_>>();
            format!("oneOf({})", choices.join(", "))
        }
        Rule::Identifier(prefix) => format!("identifier({})", json!(prefix)),
        Rule::Text(most) => format!("text({most})"),
        Rule::Integer(least, most) => format!("integer({least}, {most})"),
        Rule::Flag => "flag()".to_owned(),
        Rule::Address => "address()".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{all, tests::catalogue};
    use super::*;

    #[test]
    fn declares_what_the_server_takes() {
        let text = module(&all(&catalogue()));
        for line in [
            r#"import { endpoint, oneOf, identifier, text, integer, flag, address } from "/dist/index.js";"#,
            r#"  changeInterval: endpoint("/change-subscription-interval", { "interval": oneOf("monthly", "yearly") }, { latest: true }),"#,
            r#"  updateCustomAmount: endpoint("/update-custom-amount", { "product_id": oneOf("gift_wrap", "express_shipping", "warranty"), "selected": flag().optional() }, { latest: ["product_id"] }),"#,
            r#"  addCrossSell: endpoint("/add-cross-sell", { "product_id": oneOf("desk_lamp", "notebook", "desk_mat") }),"#,
            r#"  setQuantity: endpoint("/update-line-item-quantity", { "line_item": identifier("li_"), "quantity": integer(0, 10) }, { latest: ["line_item"] }),"#,
            r#"  calculateShippingOptions: endpoint("/calculate-shipping-options", { "shipping_details": address() }),"#,
            r#"  updateTax: endpoint("/update-tax", {}, { dedupe: false }),"#,
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
    }
}
