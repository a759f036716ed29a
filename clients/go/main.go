// Command tallystick-tasks lists the tasks assigned to the owner of a personal
// access token. It needs Go 1.19 or newer and no other module.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const timeout = 30 * time.Second

// failure is an error that knows the exit code it ends the program with.
type failure struct {
	exitCode int
	message  string
}

func (f *failure) Error() string { return f.message }

func fail(exitCode int, format string, args ...any) error {
	return &failure{exitCode, fmt.Sprintf(format, args...)}
}

type task struct {
	ID       string  `json:"id"`
	Status   string  `json:"status"`
	Deadline *string `json:"deadline"`
	Title    string  `json:"title"`
}

type page struct {
	Data []task `json:"data"`
	Meta struct {
		Pagination struct {
			Links struct {
				Next string `json:"next"`
			} `json:"links"`
		} `json:"pagination"`
	} `json:"meta"`
}

type apiError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type client struct {
	http  http.Client
	base  *url.URL
	token string
}

func (c *client) page(address string) (*page, error) {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, fail(2, "Cannot ask for %s: %v.", address, err)
	}
	// The address of a next page comes from the server; the token only ever goes back to where it came from.
	if req.URL.Scheme != c.base.Scheme || req.URL.Host != c.base.Host {
		return nil, fail(1, "The next page is on another server: %s", address)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Tallyfy-Client", "APIClient")

	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fail(2, "Cannot reach the server at %s: %v.", c.base.Host, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fail(2, "The connection to %s broke: %v.", c.base.Host, err)
	}

	if resp.StatusCode != http.StatusOK {
		refusal := apiError{Code: "-", Message: http.StatusText(resp.StatusCode)}
		_ = json.Unmarshal(body, &refusal) // a body that is not JSON leaves the text above
		return nil, fail(1, "HTTP %d %s: %s", resp.StatusCode, refusal.Code, refusal.Message)
	}
	var result page
	if err := json.Unmarshal(body, &result); err != nil || result.Data == nil {
		return nil, fail(1, "The answer is not a list of tasks.")
	}
	return &result, nil
}

func setting(name string) (string, error) {
	value := os.Getenv(name)
	if value == "" {
		return "", fail(64, "Please set %s in the environment.", name)
	}
	return value, nil
}

var oneLine = strings.NewReplacer("\t", " ", "\r", " ", "\n", " ")

func printTask(out io.Writer, t task) {
	deadline := "-"
	if t.Deadline != nil {
		deadline = *t.Deadline
	}
	fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", t.ID, t.Status, deadline, oneLine.Replace(t.Title))
}

func run() error {
	address, err := setting("TALLYSTICK_URL")
	if err != nil {
		return err
	}
	org, err := setting("TALLYSTICK_ORG")
	if err != nil {
		return err
	}
	token, err := setting("TALLYSTICK_TOKEN")
	if err != nil {
		return err
	}
	base, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil {
		return fail(64, "TALLYSTICK_URL is not an address: %v.", err)
	}

	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	c := client{http: http.Client{Timeout: timeout}, base: base, token: token}
	next := base.String() + "/organizations/" + url.PathEscape(org) + "/me/tasks"
	for next != "" {
		result, err := c.page(next)
		if err != nil {
			return err
		}
		for _, t := range result.Data {
			printTask(out, t)
		}
		next = result.Meta.Pagination.Links.Next
	}
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		var f *failure
		if errors.As(err, &f) {
			os.Exit(f.exitCode)
		}
		os.Exit(1)
	}
}
