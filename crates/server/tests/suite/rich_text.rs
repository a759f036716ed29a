//! Texts that attack whoever reads them: through every field that takes rich text, and back.

use serde_json::{Value, json};

use crate::support::{World, both_engines};

both_engines!(nothing_that_runs_is_stored, nothing_grows_out_of_bounds);

/// Ways into a page, of every kind that is known.
const ATTACKS: [&str; 24] = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/a.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"https://x.example/a.png\" onload=\"alert(1)\">",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" java\tscript:alert(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"vbscript:x\">x</a>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<object data=\"https://x.example\"></object><embed src=\"https://x.example\">",
    "<form action=\"https://x.example\"><input type=submit></form>",
    "<style>@import url(https://x.example/a.css)</style>",
    "<p style=\"position:fixed;background:url(https://x.example)\">x</p>",
    "<link rel=stylesheet href=https://x.example><meta http-equiv=refresh content=0><base href=https://x.example>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template><xmp><p title=\"</xmp><svg/onload=alert(1)>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
];

/// Everything that was stored of one text: as the API shows it to those who read it.
async fn stored(world: &World, text: &str) -> Vec<String> {
    let field = |label: &str| {
        json!({"label": label, "field_type": "textarea", "required": false, "guidance": text, "use_wysiwyg_editor": true,
            "default_value": text, "default_value_enabled": true})
    };
    let template = json!({"title": "T", "type": "procedure", "summary": text, "guidance": text, "kickoff_description": text,
        "prerun": [field("K")], "steps": [{"title": "S", "summary": text, "captures": [field("C")]}]});
    let made = world.admin.post(&world.at("checklists"), template).await;
    let id = made.expect(201).data()["id"].as_str().unwrap().to_owned();
    let path = world.at(&format!("checklists/{id}"));
    let read = world
        .admin
        .get(&format!("{path}?with=steps"))
        .await
        .expect(200);
    let seen = read.data();
    let (kickoff, step) = (&seen["prerun"][0], &seen["steps"]["data"][0]);
    let capture = &step["captures"][0];
    let mut found = vec![
        seen["summary"].clone(),
        seen["guidance"].clone(),
        seen["kickoff_description"].clone(),
        kickoff["guidance"].clone(),
        kickoff["default_value"].clone(),
        step["summary"].clone(),
        capture["guidance"].clone(),
        capture["default_value"].clone(),
    ];
    let task = json!({"title": "T", "summary": text, "deadline": "2026-04-01T10:00:00Z", "owners": {"users": [world.admin.user_id]}});
    let made = world.admin.post(&world.at("tasks"), task).await.expect(201);
    let task = made.data()["id"].as_str().unwrap();
    let read = world
        .admin
        .get(&world.at(&format!("tasks/{task}")))
        .await
        .expect(200);
    found.push(read.data()["summary"].clone());
    found.push(read.data()["original_summary"].clone());
    let snippet = json!({"title": "T", "content": text});
    let made = world
        .admin
        .post(&world.at("text-templates"), snippet)
        .await
        .expect(201);
    found.push(made.data()["content"].clone());
    let comment = json!({"content": format!("<p>x</p>{text}")});
    let made = world
        .admin
        .post(&world.at(&format!("tasks/{task}/comment")), comment)
        .await
        .expect(201);
    found.push(made.data()["content"].clone());
    let texts = found.iter().filter(|value| !value.is_null());
    texts
        .map(|value| value.as_str().unwrap().to_owned())
        .collect()
}

async fn nothing_that_runs_is_stored(world: &World) {
    const KEPT: [&str; 14] = [
        "a", "p", "img", "table", "tbody", "tr", "td", "div", "span", "b", "i", "em", "strong",
        "br",
    ];
    for attack in ATTACKS {
        for text in stored(world, attack).await {
            // What is left of an attack is text, and tags that cannot do anything.
            for tag in text.split('<').skip(1) {
                let tag = tag.split('>').next().unwrap();
                let name = tag.trim_start_matches('/').split(' ').next().unwrap();
                assert!(KEPT.contains(&name), "{attack} became {text}");
                let folded = tag.to_lowercase();
                for harm in [
                    " on",
                    "javascript",
                    "data:",
                    "vbscript",
                    "style",
                    "srcdoc",
                    "action",
                ] {
                    assert!(
                        !folded.contains(harm) || folded.contains("title=\""),
                        "{attack} became {text}"
                    );
                }
            }
        }
    }
    let fine = "<p>Hello <b>you</b>, {{name-1}}</p>";
    let all = stored(world, fine).await;
    assert_eq!(all.len(), 12, "{all:?}");
    assert!(all.iter().all(|text| text.contains(fine)), "{all:?}");
}

async fn nothing_grows_out_of_bounds(world: &World) {
    let many = (0..90).map(|number| format!("<b id={number}>"));
    let bomb = many.collect::<String>() + &"<p>x".repeat(250);
    for text in stored(world, &bomb).await {
        assert!(
            text.len() < bomb.len() * 8,
            "{} became {}",
            bomb.len(),
            text.len()
        );
    }
    let kept: Value = json!(stored(world, &"<div>".repeat(300)).await);
    assert!(!kept.to_string().contains("<div>"), "{kept}");
}
