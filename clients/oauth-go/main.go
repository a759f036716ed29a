// Command tallystick-oauth is an application that gets its own token with
// golang.org/x/oauth2/clientcredentials, provisions a person with it, and
// acts as that person. It checks that the library asks for a token once and
// uses it again.
//
// It prints one line per check and ends with 1 at the first one that fails.
// It adds one member to the organization for each of the two ways to send a
// secret, and leaves them there: run it against a demo.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const timeout = 30 * time.Second

type settings struct {
	url, org, clientID, clientSecret string
}

func readSettings() (settings, error) {
	var s settings
	var missing []string
	for _, one := range []struct {
		name  string
		value *string
	}{
		{"TALLYSTICK_URL", &s.url},
		{"TALLYSTICK_ORG", &s.org},
		{"TALLYSTICK_CLIENT_ID", &s.clientID},
		{"TALLYSTICK_CLIENT_SECRET", &s.clientSecret},
	} {
		if *one.value = os.Getenv(one.name); *one.value == "" {
			missing = append(missing, one.name)
		}
	}
	if len(missing) > 0 {
		return s, fmt.Errorf("Please set %s in the environment.", strings.Join(missing, " and "))
	}
	s.url = strings.TrimRight(s.url, "/")
	return s, nil
}

// counter adds the header that the API wants, and counts how often the token endpoint is asked.
type counter struct {
	tokens atomic.Int32
}

func (c *counter) RoundTrip(request *http.Request) (*http.Response, error) {
	if strings.HasSuffix(request.URL.Path, "/oauth/token") {
		c.tokens.Add(1)
	}
	request = request.Clone(request.Context())
	request.Header.Set("Accept", "application/json")
	request.Header.Set("X-Tallyfy-Client", "APIClient")
	return http.DefaultTransport.RoundTrip(request)
}

type person struct {
	ID    int64  `json:"id"`
	Email string `json:"email"`
}

type wrapped struct {
	Data person `json:"data"`
}

// call sends one request and reads the answer, which has to have this status.
func call(client *http.Client, method, address string, body any, wanted int, answer any) error {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, address, sent)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != wanted {
		return fmt.Errorf("%s %s got HTTP %d, wanted %d: %s", method, address, response.StatusCode, wanted, text)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}

func randomAddress() (string, error) {
	bytes := make([]byte, 4)
	if _, err := rand.Read(bytes); err != nil {
		return "", err
	}
	return "ines.marchetti+" + hex.EncodeToString(bytes) + "@example.com", nil
}

func (s settings) config(style oauth2.AuthStyle) *clientcredentials.Config {
	return &clientcredentials.Config{
		ClientID:     s.clientID,
		ClientSecret: s.clientSecret,
		TokenURL:     s.url + "/oauth/token",
		AuthStyle:    style,
	}
}

// actsForAPerson is what such an application is for: two calls with its own token, one with the person's.
func (s settings) actsForAPerson(style oauth2.AuthStyle) error {
	count := &counter{}
	base := &http.Client{Transport: count, Timeout: timeout}
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, base)
	application := s.config(style).Client(ctx)

	email, err := randomAddress()
	if err != nil {
		return err
	}
	users := s.url + "/applications/" + url.PathEscape(s.org) + "/users"
	body := map[string]string{"first_name": "Ines", "last_name": "Marchetti", "email": email, "role": "light"}
	var provisioned wrapped
	if err := call(application, http.MethodPost, users, body, http.StatusCreated, &provisioned); err != nil {
		return err
	}
	var token oauth2.Token
	address := users + "/" + url.PathEscape(email) + "/token"
	if err := call(application, http.MethodPost, address, nil, http.StatusOK, &token); err != nil {
		return err
	}
	if asked := count.tokens.Load(); asked != 1 {
		return fmt.Errorf("two calls asked for %d tokens, wanted 1", asked)
	}

	user := oauth2.NewClient(ctx, oauth2.StaticTokenSource(&token))
	var me wrapped
	if err := call(user, http.MethodGet, s.url+"/me", nil, http.StatusOK, &me); err != nil {
		return err
	}
	if me.Data.ID != provisioned.Data.ID || me.Data.Email != email {
		return fmt.Errorf("the token acts as %v, wanted %v", me.Data, provisioned.Data)
	}
	tasks := s.url + "/organizations/" + url.PathEscape(s.org) + "/me/tasks"
	if err := call(user, http.MethodGet, tasks, nil, http.StatusOK, nil); err != nil {
		return err
	}
	// What the application holds itself is good for provisioning only.
	return call(application, http.MethodGet, tasks, nil, http.StatusUnauthorized, nil)
}

// hasALifetime looks at the token itself, which a program rarely needs to do.
func (s settings) hasALifetime() error {
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Timeout: timeout})
	token, err := s.config(oauth2.AuthStyleInHeader).Token(ctx)
	if err != nil {
		return err
	}
	if token.TokenType != "Bearer" || !token.Valid() || !token.Expiry.After(time.Now()) {
		return fmt.Errorf("the token is a %q that ends at %v", token.TokenType, token.Expiry)
	}
	if token.RefreshToken != "" {
		return errors.New("an application's own token has a refresh token")
	}
	return nil
}

func (s settings) refusesAWrongSecret() error {
	s.clientSecret = "wrong"
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		ctx := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Timeout: timeout})
		_, err := s.config(style).Token(ctx)
		var refused *oauth2.RetrieveError
		if !errors.As(err, &refused) {
			return fmt.Errorf("the library's own error was expected, not %v", err)
		}
		var body struct {
			Error string `json:"error"`
		}
		if err := json.Unmarshal(refused.Body, &body); err != nil {
			return fmt.Errorf("the refusal is not JSON: %s", refused.Body)
		}
		if refused.Response.StatusCode != http.StatusUnauthorized || body.Error != "invalid_client" {
			return fmt.Errorf("got HTTP %d %s", refused.Response.StatusCode, refused.Body)
		}
		// RFC 6749, section 5.2: whoever came by Basic hears of Basic.
		if style == oauth2.AuthStyleInHeader && !strings.HasPrefix(refused.Response.Header.Get("WWW-Authenticate"), "Basic") {
			return errors.New("the refusal names no WWW-Authenticate: Basic")
		}
	}
	return nil
}

func main() {
	s, err := readSettings()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(64)
	}
	fmt.Println("golang.org/x/oauth2/clientcredentials against", s.url)
	for _, check := range []struct {
		name string
		run  func() error
	}{
		{"a token with a lifetime", s.hasALifetime},
		{"a wrong secret", s.refusesAWrongSecret},
		{"provision and act, secret by Basic", func() error { return s.actsForAPerson(oauth2.AuthStyleInHeader) }},
		{"provision and act, secret in the form", func() error { return s.actsForAPerson(oauth2.AuthStyleInParams) }},
	} {
		if err := check.run(); err != nil {
			fmt.Printf("FAILED %s: %v\n", check.name, err)
			os.Exit(1)
		}
		fmt.Printf("ok     %s\n", check.name)
	}
}
