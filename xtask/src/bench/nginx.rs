//! nginx serving the very bytes of the page as a file: how quick an answer can be when nothing is asked.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Contestant;
use super::goals::name;
use super::page::Page;
use super::process::{Server, empty_folder, free_port, leashed};

/// nginx and its folder.
pub struct Nginx {
    program: PathBuf,
    folder: PathBuf,
    page: Page,
}

impl Nginx {
    /// Puts `body` where nginx will find it under the path of the page itself, to be asked for with the same headers.
    pub fn fill(program: PathBuf, folder: &Path, body: &[u8], like: &Page) -> Result<Self> {
        empty_folder(folder)?;
        fs::write(folder.join("page.json"), body)?;
        let port = free_port()?;
        let user = if rustix::process::geteuid().is_root() {
            "user root;"
        } else {
            ""
        };
        let home = folder.display();
        fs::write(
            folder.join("nginx.conf"),
            format!(
                "daemon off;
{user}
worker_processes auto;
pid {home}/nginx.pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=10 inactive=1h;
  client_body_temp_path {home}/body;
  proxy_temp_path {home}/proxy;
  fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi;
  scgi_temp_path {home}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {home};
    default_type application/json;
    location / {{ try_files /page.json =404; }}
  }}
}}
"
            ),
        )?;
        let mut page = like.clone();
        let mut url = reqwest::Url::parse(&page.url)?;
        url.set_port(Some(port))
            .map_err(|()| anyhow::anyhow!("{url} takes no port"))?;
        page.url = url.into();
        Ok(Self {
            program,
            folder: folder.to_owned(),
            page,
        })
    }
}

impl Contestant for Nginx {
    fn name(&self) -> &'static str {
        name::NGINX
    }

    fn launch(&self) -> Result<Server> {
        let mut serve = leashed(&self.program);
        serve
            .arg("-p")
            .arg(&self.folder)
            .arg("-c")
            .arg(self.folder.join("nginx.conf"))
            .args(["-e", "stderr"]);
        Server::start(self.name(), serve, &self.folder.join("log"))
    }

    fn page(&self) -> &Page {
        &self.page
    }

    fn check(&self, body: &[u8]) -> Result<()> {
        anyhow::ensure!(
            body == fs::read(self.folder.join("page.json"))?,
            "nginx changed the page"
        );
        Ok(())
    }
}
